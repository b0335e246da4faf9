/**
 * The platform's own spans: what it draws of a request, a batch or an alarm, with our steps in it by name.
 *
 * A platform without them, or one that does not trace what is under way, costs a look and nothing else.
 */
export type SpanAttributes = Readonly<Record<string, string | number | boolean>>
/** Runs a piece of work as a span, which ends when the work does: when it returns, or when its promise settles. */
export type Span = <T>(name: string, attributes: SpanAttributes, body: () => T) => T

interface NativeSpan {
  readonly isTraced: boolean
  setAttribute(name: string, value: string | number | boolean): unknown
}

interface NativeTracing {
  enterSpan<T>(name: string, body: (span: NativeSpan) => T): T
  /** What is under way now: the platform's own span of the request, if not one of ours. */
  getActiveSpan?(): NativeSpan | undefined
}

/** By what the platform's module holds: older runtimes know no tracing, and say so by its absence. */
export function nativeSpans(platform: object): Span {
  const tracing: unknown = Reflect.get(platform, "tracing")
  if (!isTracing(tracing)) return (_name, _attributes, body) => body()
  return (name, attributes, body) => {
    // Entering a span costs far more than asking whether anybody will ever see it.
    if (tracing.getActiveSpan !== undefined && tracing.getActiveSpan()?.isTraced !== true) return body()
    return tracing.enterSpan(name, (span) => {
      for (const [key, value] of Object.entries(attributes)) span.setAttribute(key, value)
      return body()
    })
  }
}

function isTracing(value: unknown): value is NativeTracing {
  return typeof value === "object" && value !== null && typeof Reflect.get(value, "enterSpan") === "function"
}
