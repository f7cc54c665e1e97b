/**
 * The shop as one service would keep it. Each step of the saga is one function: one round trip, one commit, and
 * harmless when it is run again after a crash, since an order's row says what was done for it.
 */
export const tables = `
create table products (product_id text primary key, price bigint not null, received bigint not null default 0,
  reserved bigint not null default 0, sold bigint not null default 0, check (received >= reserved + sold));
create table deliveries (key text primary key, product_id text not null, quantity bigint not null);
create table customers (customer_id text primary key, credit_limit bigint not null,
  reserved bigint not null default 0, used bigint not null default 0, check (credit_limit >= reserved + used));
create table orders (order_id text primary key, customer_id text not null, total bigint not null,
  product_ids text[] not null, quantities bigint[] not null, credit_held boolean not null, stock_held boolean not null default false,
  status text not null default 'placed', reason text, placed_at timestamptz not null, settled_at timestamptz);

create function reserve_credit(id text, customer text, amount bigint, products text[], units bigint[], at timestamptz) returns boolean
language plpgsql as $$
declare held boolean;
begin
  select credit_held into held from orders where order_id = id;
  if found then return held; end if;
  update customers set reserved = reserved + amount where customer_id = customer and credit_limit - reserved - used >= amount;
  held := found;
  insert into orders (order_id, customer_id, total, product_ids, quantities, credit_held, placed_at)
    values (id, customer, amount, products, units, held, at);
  return held;
end $$;

create function reserve_stock(id text) returns boolean
language plpgsql as $$
declare o orders;
begin
  select * into o from orders where order_id = id;
  if o.stock_held then return true; end if;
  perform from products where product_id = any (o.product_ids) order by product_id for update;
  if exists (select from unnest(o.product_ids, o.quantities) as w(product_id, units)
      left join products p using (product_id) where coalesce(p.received - p.reserved - p.sold, 0) < w.units) then
    return false;
  end if;
  update products p set reserved = reserved + w.units
    from unnest(o.product_ids, o.quantities) as w(product_id, units) where p.product_id = w.product_id;
  update orders set stock_held = true where order_id = id;
  return true;
end $$;

create function confirm(id text) returns void
language plpgsql as $$
declare o orders;
begin
  update orders set status = 'confirmed', settled_at = clock_timestamp() where order_id = id and status = 'placed' returning * into o;
  if not found then return; end if;
  update customers set reserved = reserved - o.total, used = used + o.total where customer_id = o.customer_id;
  perform from products where product_id = any (o.product_ids) order by product_id for update;
  update products p set reserved = reserved - w.units, sold = sold + w.units
    from unnest(o.product_ids, o.quantities) as w(product_id, units) where p.product_id = w.product_id;
end $$;

create function cancel(id text, why text) returns void
language plpgsql as $$
declare o orders;
begin
  update orders set status = 'cancelled', reason = why, settled_at = clock_timestamp() where order_id = id and status = 'placed' returning * into o;
  if not found then return; end if;
  if o.credit_held then
    update customers set reserved = reserved - o.total where customer_id = o.customer_id;
  end if;
  if o.stock_held then
    perform from products where product_id = any (o.product_ids) order by product_id for update;
    update products p set reserved = reserved - w.units
      from unnest(o.product_ids, o.quantities) as w(product_id, units) where p.product_id = w.product_id;
  end if;
end $$;
`;

/** Each row is something that does not balance. */
export const imbalances = `
select 'credit of ' || c.customer_id as breach from customers c
  left join (select customer_id, sum(total) as total from orders where status = 'confirmed' group by 1) o using (customer_id)
  where c.reserved <> 0 or c.used <> coalesce(o.total, 0)
union all
select 'stock of ' || p.product_id from products p
  left join (select w.product_id, sum(w.units) as units from orders, unnest(product_ids, quantities) as w(product_id, units)
    where status = 'confirmed' group by 1) o using (product_id)
  where p.reserved <> 0 or p.sold <> coalesce(o.units, 0)
union all
select 'order ' || order_id || ' is unsettled' from orders where status = 'placed'
`;
