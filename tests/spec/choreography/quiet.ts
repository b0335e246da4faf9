// The world around a cell, where nothing happens that a test doesn't bring about.
import type { Platform, Storage } from "../../../choreography/platform.ts"

export function quietPlatform(storage: Storage, own: Partial<Platform> = {}): Platform {
  return {
    storage,
    now: () => 1_000,
    random: () => 0.5,
    send: () => Promise.resolve(),
    sendReceipts: () => Promise.resolve(),
    background: () => undefined,
    soon: () => undefined,
    later: () => () => undefined,
    log: () => undefined,
    point: () => undefined,
    ...own,
  }
}
