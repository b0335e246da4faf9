/**
 * Which handlers answer a path.
 *
 * Hono has a quick way, one regular expression for each method, but it holds no literal beside a parameter, as
 * `/shipping/track/…` stands beside `/shipping/:orderId`; one such pair, and every request is searched for in a tree. So
 * paths are told apart by their first segment, and only the families that have such a pair are searched for.
 */
import type { Result, Router } from "hono/router"
import { RegExpRouter } from "hono/router/reg-exp-router"
import { SmartRouter } from "hono/router/smart-router"
import { TrieRouter } from "hono/router/trie-router"

/** What every path passes through. */
const EVERYWHERE = "/*"

interface Added<T> {
  readonly method: string
  readonly handler: T
}

export class FamilyRouter<T> implements Router<T> {
  readonly name = "FamilyRouter"
  readonly #families = new Map<string, Router<T>>()
  readonly #everywhere: Added<T>[] = []
  /** For paths of no family: what they pass through all the same. */
  readonly #strangers = quickest<T>()

  /** What every path passes through is added before any family, since handlers answer in the order in which they were added. */
  add(method: string, path: string, handler: T): void {
    if (path !== EVERYWHERE) {
      this.#familyOf(path).add(method, path, handler)
      return
    }
    if (this.#families.size > 0) throw new Error("what every path passes through comes first")
    this.#everywhere.push({ method, handler })
    this.#strangers.add(method, path, handler)
  }

  match(method: string, path: string): Result<T> {
    return (this.#families.get(firstOf(path)) ?? this.#strangers).match(method, path)
  }

  #familyOf(path: string): Router<T> {
    const first = firstOf(path)
    if (/[:*]/.test(first)) throw new Error(`${path} begins with no name of its own`)
    const known = this.#families.get(first)
    if (known !== undefined) return known
    const family = quickest<T>()
    for (const { method, handler } of this.#everywhere) family.add(method, EVERYWHERE, handler)
    this.#families.set(first, family)
    return family
  }
}

function quickest<T>(): Router<T> {
  return new SmartRouter<T>({ routers: [new RegExpRouter<T>(), new TrieRouter<T>()] })
}

function firstOf(path: string): string {
  const end = path.indexOf("/", 1)
  return end < 0 ? path : path.slice(0, end)
}
