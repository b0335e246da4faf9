/** What an object has stored, read past everything that runs. */
import { readThread } from "../../choreography/rows.ts"
import type { Thread } from "../../choreography/thread.ts"
import type { Host } from "./platform/host.ts"

export function* threadsOf(host: Host): Generator<[string, Thread]> {
  for (const { key, body } of host.disk.all("SELECT key, body FROM threads ORDER BY key")) {
    yield [String(key), readThread(String(body), host.service.subjectOf(String(key)))]
  }
}

export function threadOf(host: Host, key: string): Thread | null {
  const body = host.disk.all("SELECT body FROM threads WHERE key = ?", key)[0]?.["body"]
  return typeof body === "string" ? readThread(body, host.service.subjectOf(key)) : null
}
