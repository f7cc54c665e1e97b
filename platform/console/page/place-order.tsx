import { useEffect, useState } from 'preact/hooks';
import { api, type Product } from './api.ts';
import { money } from './format.ts';

const METHODS = ['card-ok', 'card-declined', 'card-slow', 'card-late', 'card-twice', 'card-unavailable'];

/** A form that places an order, and then shows its audit trail. */
export function PlaceOrder({ select }: { select(orderId: string, version: number): void }) {
  const [products, setProducts] = useState<Product[]>([]);
  const [lines, setLines] = useState([{ productId: '', quantity: 1 }]);
  const [sending, setSending] = useState(false);
  const [problem, setProblem] = useState<string>();
  useEffect(() => {
    api.products().then(({ items }) => {
      setProducts(items);
      setLines((now) => now.map((line, at) => line.productId === '' ? { ...line, productId: items[at]?.productId ?? '' } : line));
    }, (error: Error) => setProblem(error.message));
  }, []);
  const change = (at: number, part: Partial<(typeof lines)[number]>) =>
    setLines(lines.map((line, index) => index === at ? { ...line, ...part } : line));
  const place = async (event: SubmitEvent) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    setSending(true);
    try {
      const placed = await api.place({ customerId: String(form.get('customer')), paymentMethod: String(form.get('method')), lines });
      setProblem(undefined);
      select(placed.orderId, placed.version);
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    }
    setSending(false);
  };
  return (
    <section aria-labelledby="place-title">
      <h2 id="place-title">Place an order</h2>
      <form onSubmit={(event) => void place(event)}>
        <label>Customer <input name="customer" defaultValue="c-0001" required maxLength={64} pattern="[A-Za-z0-9_\-][A-Za-z0-9_.\-]*" /></label>
        <label>Pays by <select name="method">{METHODS.map((each) => <option key={each}>{each}</option>)}</select></label>
        {lines.map((line, at) => (
          <fieldset key={at}>
            <legend class="hidden">Line {at + 1}</legend>
            <label>Product{' '}
              <select value={line.productId} required onChange={(event) => change(at, { productId: event.currentTarget.value })}>
                {products.map((each) => <option key={each.productId} value={each.productId}>{each.name}, {money(each.price)}, {each.available} left</option>)}
              </select>
            </label>
            <label>Quantity{' '}
              <input type="number" min={1} max={10000} step={1} required value={line.quantity}
                onInput={(event) => change(at, { quantity: event.currentTarget.valueAsNumber })} />
            </label>
            {lines.length > 1 && <button type="button" onClick={() => setLines(lines.filter((_, index) => index !== at))}>Remove line {at + 1}</button>}
          </fieldset>
        ))}
        <p class="actions">
          <button type="button" disabled={lines.length >= Math.min(15, products.length)}
            onClick={() => setLines([...lines, { productId: unused(products, lines), quantity: 1 }])}>Add a line</button>
          <button class="primary" disabled={sending || products.length === 0}>Place the order</button>
        </p>
        {products.length === 0 && problem === undefined && <p class="quiet">There are no products yet.</p>}
        {problem !== undefined && <p class="bad" role="alert">{problem}</p>}
      </form>
    </section>
  );
}

function unused(products: Product[], lines: { productId: string }[]): string {
  return products.find((each) => !lines.some((line) => line.productId === each.productId))?.productId ?? '';
}
