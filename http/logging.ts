/**
 * What is logged, and what of it: a line of JSON where machines read it, a readable one under `npm start`.
 *
 * 1. Nothing that an event says is ever in a line; who, what and which order is.
 * 2. Nothing tells who a customer is: its id can be an e-mail address, and it is part of the names of its keys.
 */
import type { LogLine } from "../choreography/platform.ts"
import type { EdgeSettings } from "./settings.ts"

const CUSTOMER_KEY = /Customer\/[^\s/]+/g

/** Lines of other levels are of no use to anybody who runs this, and need not be put together. */
export function isLogged({ logsEvents }: EdgeSettings, level: LogLine["level"]): boolean {
  return level !== "debug" && (level !== "info" || logsEvents)
}

/** `service` is whose object speaks; null where none does. */
export function logger(settings: EdgeSettings, service: string | null): (line: LogLine) => void {
  const isReadable = settings.auth.mode === "development"
  return (said) => {
    if (!isLogged(settings, said.level)) return
    const line = discreet(said, service)
    if (!isReadable) console.log(JSON.stringify(line))
    else if (line.message === "applied")
      console.log(`${String(line["subject"])}  ${String(line["type"])} → ${String(line["target"])}`)
    else console.log(`${line.level}: ${JSON.stringify({ ...line, level: undefined })}`)
  }
}

function discreet(line: LogLine, service: string | null): LogLine {
  const fields = Object.entries(line).map(([name, value]) => {
    if (typeof value !== "string") return [name, value]
    const isKey = name === "key" && service === "Customer"
    return [name, isKey ? value.replace(/^[^/]+/, "…") : value.replace(CUSTOMER_KEY, "Customer/…")]
  })
  // The same fields, with the same kinds of values.
  return Object.fromEntries(fields) as LogLine
}
