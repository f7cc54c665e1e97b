"""What schemathesis does not know of this API: loaded by schemathesis.toml."""

import itertools

import schemathesis

REFUSED_FORMS = ("request-invalid", "malformed-json", "media-type-unsupported", "idempotency-key-missing")

calls = itertools.count(1)


@schemathesis.hook
def before_call(ctx, case, kwargs):
    """Spends the time where something is to be found."""
    call = next(calls)
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return
    # Most keys are new ones: under the same few, nearly every request would be `idempotency-key-reused`.
    if case.headers and "Idempotency-Key" in case.headers and call % 4:
        case.headers["Idempotency-Key"] = f"{case.headers['Idempotency-Key'][:100]}-{call}"
    # Orders that can be placed: of whom and what there is (see the script), and new.
    if case.operation.definition.raw.get("operationId") == "placeOrder" and isinstance(case.body, dict) and call % 4 > 1:
        case.body.pop("orderId", None)
        case.body |= {"customerId": "0", "lines": [{**line, "productId": str(at)} for at, line in enumerate(case.body["lines"][:3])]}
    # Each version that is yet to come is waited for, 2 s long.
    if case.query and "minVersion" in case.query and call % 8:
        case.query["minVersion"] = 1 + call % 2


@schemathesis.check
def valid_by_schema_is_valid(ctx, response, case):
    """What fits the document's schemas may be refused for what it says, but not for its form."""
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return
    if "problem+json" not in response.headers.get("content-type", [""])[0]:
        return
    problem = response.json()
    if problem["code"] in REFUSED_FORMS:
        raise AssertionError(f"the document allows what is refused as {problem['code']}: {problem.get('errors', problem.get('detail'))}")
