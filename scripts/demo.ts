/**
 * Places a spread of orders against a shop that is running, shows how each comes to its end, and says what to look at:
 *
 *     npm run demo -- [--url http://localhost:8787] [--token <token>]
 *
 * It ends with 0 only if each order ended as it has to.
 */
import { parseArgs } from "node:util"
import { connect } from "../client/shop.ts"
import { cases } from "./demo/cases.ts"
import { course, type Course, follow } from "./demo/course.ts"
import { plain, table, terminal } from "./demo/table.ts"

const SHOP = "http://localhost:8787"
const DRAW_EVERY_MS = 200
/** The slowest takes half a minute under `npm start`. */
const WITHIN_MS = 120_000

async function main(): Promise<boolean> {
  const { values } = parseArgs({ options: { url: { type: "string", default: SHOP }, token: { type: "string" } } })
  const url = values.url.replace(/\/+$/, "")
  const shop = connect(url, values.token === undefined ? {} : { token: values.token })
  await answers(url)
  // Demos don't get into each other's way.
  const run = Date.now().toString(36)
  const courses = cases.map((each) => course(each))
  console.log(`${courses.length} orders against ${url}:\n`)
  for (const { name, tells } of cases) console.log(`  ${name.padEnd(14)} ${tells}`)
  console.log("")
  const follows = courses.map((each, index) => follow(shop, each, `demo_${run}_${index + 1}`, WITHIN_MS))
  const failures = await watch(courses, follows)
  if (failures.length > 0) console.log(`\n${failures.map((each) => `  ${each}`).join("\n")}`)
  const isGood = failures.length === 0 && courses.every(({ row }) => row.isAsExpected === true)
  console.log(isGood ? `\n${whatToLookAt(url, courses)}` : "\nNot every order ended as it has to.")
  return isGood
}

async function answers(url: string): Promise<void> {
  const health = await fetch(`${url}/health`).catch(() => null)
  if (health === null) throw new Error(`nobody answers at ${url}: npm start, in another terminal`)
}

/** Draws until all have ended; answers why some could not be followed to their end. */
async function watch(courses: readonly Course[], follows: readonly Promise<void>[]): Promise<readonly string[]> {
  const write = (text: string): void => void process.stdout.write(text)
  const screen = process.stdout.isTTY ? terminal(write, process.stdout.columns) : plain(write)
  const begun = Date.now()
  const told = new Map<Course, string>()
  const show = (): void => screen.show(rows(), news(courses, told, seconds()))
  const seconds = (): number => (Date.now() - begun) / 1_000
  const rows = (): readonly string[] =>
    table(
      courses.map(({ row }) => row),
      seconds(),
    )
  const drawing = setInterval(show, DRAW_EVERY_MS)
  const settled = await Promise.allSettled(follows)
  clearInterval(drawing)
  show()
  screen.end(rows())
  return settled.flatMap((each, index) =>
    each.status === "rejected" ? [`${courses[index]?.wanted.name ?? ""}: ${reasonOf(each.reason)}`] : [],
  )
}

/** What has changed since it was told last. */
function news(courses: readonly Course[], told: Map<Course, string>, seconds: number): readonly string[] {
  return courses.flatMap((each) => {
    const { name, states } = each.row
    const path = states.join(" → ")
    if (path === "" || told.get(each) === path) return []
    told.set(each, path)
    return [`  ${seconds.toFixed(1).padStart(5)} s  ${name.padEnd(14)} ${path}`]
  })
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

function whatToLookAt(url: string, courses: readonly Course[]): string {
  const idOf = (name: string): string => courses.find(({ row }) => row.name === name)?.row.orderId ?? ""
  const [happy, cancelled, stuck] = ["happy", "cancelled", "undo fails"].map(idOf)
  return `Each order ended as it has to. Now look at

  ${url}/orders/${happy}/saga
      every step, and all that was said and heard, by which cause
  ${url}/orders/${cancelled}/books
      where the money and the goods are: nothing is kept, and nothing is missing
  ${url}/orders/${stuck}/why
      why this one stands still, in one sentence, and what a person can do:
      curl ${url}/orders/${stuck}/resolve -H 'Content-Type: application/json' -d '{ "action": "retry", "reason": "the bank is back" }'
  ${url}/dead-letters
      what could not be applied, why, and what redriving it would do
  ${url}/figures
      all of it in figures
  ${url}/docs
      everything else that can be asked`
}

try {
  process.exitCode = (await main()) ? 0 : 1
} catch (error) {
  console.error(reasonOf(error))
  process.exitCode = 2
}
