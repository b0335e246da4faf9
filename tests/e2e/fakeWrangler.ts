/**
 * Stands in for wrangler and the account behind it: `wrangler` on the path of a test's scripts. What the account has lies
 * in a file, every command is written down in another. It answers as wrangler does, down to what it complains about.
 */
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { parseArgs } from "node:util"

export interface Account {
  isLoggedIn: boolean
  /** With who consumes them. */
  queues: Record<string, string[]>
  /** Null: no worker. */
  secrets: string[] | null
  /** The command that fails, as it begins. */
  fails: string
}

/** The files in the folder that `FAKE_WRANGLER` names. */
export const ACCOUNT = "account.json"
export const COMMANDS = "commands.txt"
export const UPLOADED = "uploaded.json"

const WORKER = "order-fulfilment"

const options = {
  config: { type: "string" },
  "dry-run": { type: "boolean" },
  force: { type: "boolean" },
  format: { type: "string" },
  json: { type: "boolean" },
  name: { type: "string" },
  outdir: { type: "string" },
  "secrets-file": { type: "string" },
} as const

function main(folder: string): void {
  // The account is what the test put there, or an earlier command.
  const before = readFileSync(join(folder, ACCOUNT), "utf8")
  const account = JSON.parse(before) as Account
  const given = process.argv.slice(2)
  const { values, positionals } = parseArgs({ args: given, options, allowPositionals: true })
  appendFileSync(join(folder, COMMANDS), `${given.join(" ")}\n`)
  if (account.fails !== "" && given.join(" ").startsWith(account.fails)) return complain("the platform is on fire")
  if (!account.isLoggedIn && !("dry-run" in values)) return complain("You are not authenticated.")
  const problem = obey(positionals, values, account, folder)
  // Questions are asked side by side, so they must not write.
  if (JSON.stringify(account) !== before) writeFileSync(join(folder, ACCOUNT), JSON.stringify(account))
  if (problem !== null) complain(problem)
}

function obey(
  words: readonly string[],
  values: Readonly<Record<string, unknown>>,
  account: Account,
  folder: string,
): string | null {
  const [command = "", sub = "", third = "", fourth = ""] = words
  if (command === "whoami") return say("{}")
  if (command === "secret") {
    if (account.secrets === null) return `Worker "${WORKER}" not found.`
    return say(JSON.stringify(account.secrets.map((name) => ({ name, type: "secret_text" }))))
  }
  if (command === "deploy") return deploy(values, account, folder)
  if (command === "delete") {
    account.secrets = null
    return null
  }
  const queue = sub === "consumer" ? fourth : third
  return sub === "create" || queue in account.queues
    ? ofQueue(sub, third, queue, account)
    : `Queue "${queue}" does not exist.`
}

function ofQueue(sub: string, third: string, queue: string, account: Account): string | null {
  if (sub === "create") {
    if (queue in account.queues) return `Queue name '${queue}' is already taken.`
    account.queues[queue] = []
  }
  if (sub === "consumer" && third === "list")
    return say(JSON.stringify((account.queues[queue] ?? []).map((script) => ({ script }))))
  if (sub === "consumer" && third === "remove") account.queues[queue] = []
  if (sub === "delete") {
    if ((account.queues[queue] ?? []).length > 0) return `Queue ${queue} has consumers.`
    account.queues = Object.fromEntries(Object.entries(account.queues).filter(([name]) => name !== queue))
  }
  return null
}

function deploy(values: Readonly<Record<string, unknown>>, account: Account, folder: string): string | null {
  if (values["dry-run"] === true) {
    const out = String(values["outdir"])
    mkdirSync(out, { recursive: true })
    writeFileSync(join(out, "index.js"), "// built\n")
    return null
  }
  const config = JSON.parse(readFileSync(String(values["config"]), "utf8")) as {
    name: string
    queues: { consumers: { queue: string }[] }
  }
  for (const { queue } of config.queues.consumers) {
    if (!(queue in account.queues)) return `Queue "${queue}" does not exist.`
    account.queues[queue] = [config.name]
  }
  const uploaded = values["secrets-file"]
  const secrets = typeof uploaded === "string" ? (JSON.parse(readFileSync(uploaded, "utf8")) as object) : {}
  writeFileSync(join(folder, UPLOADED), JSON.stringify(secrets))
  account.secrets = [...new Set([...(account.secrets ?? []), ...Object.keys(secrets)])]
  const output = { type: "deploy", version: 1, targets: [`https://${config.name}.example.workers.dev`] }
  appendFileSync(process.env["WRANGLER_OUTPUT_FILE_PATH"] ?? "", `${JSON.stringify(output)}\n`)
  return null
}

function say(text: string): null {
  console.log(text)
  return null
}

function complain(text: string): void {
  console.error(`✘ [ERROR] ${text}`)
  process.exitCode = 1
}

const folder = process.env["FAKE_WRANGLER"]
if (folder !== undefined) main(folder)
