/**
 * Who speaks and who hears: a service and one of its keys, written `Payment/ord_…`.
 *
 * A *stream* is what one address says to another. Its name carries the sender's incarnation, because a sender that was
 * restored to an earlier point in time would otherwise use its positions a second time for other events.
 */
export type Address = string
export type StreamName = string

export function address(service: string, key: string): Address {
  return `${service}/${key}`
}

export function split(address: Address): { readonly service: string; readonly key: string } | null {
  const slash = address.indexOf("/")
  if (slash < 1 || slash === address.length - 1) return null
  return { service: address.slice(0, slash), key: address.slice(slash + 1) }
}

export function streamName(sender: Address, incarnation: number): StreamName {
  return incarnation === 0 ? sender : `${sender}~${String(incarnation)}`
}

export function senderOf(stream: StreamName): Address {
  const tilde = stream.lastIndexOf("~")
  return tilde < 0 ? stream : stream.slice(0, tilde)
}
