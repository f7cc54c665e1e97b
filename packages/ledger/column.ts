/** One number for each order, in the order of their places. */
export class Column {
  #values = new Float64Array(1024);

  get({ index }: { index: number }): number {
    return this.#values[index] ?? 0;
  }

  add(order: { index: number }, amount: number): void {
    this.set(order, this.get(order) + amount);
  }

  set({ index }: { index: number }, value: number): void {
    if (index >= this.#values.length) {
      const larger = new Float64Array(Math.max(index + 1, this.#values.length * 2));
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[index] = value;
  }
}
