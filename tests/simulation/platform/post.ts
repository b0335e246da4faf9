/** What becomes of bundles that somebody sends: a send may fail, half or whole, hang, or be lost after it was answered. */
import { garbage } from "./garbage.ts"
import { CALL_MS_MAX, type World } from "./world.ts"

export function posted(world: World, where: string, service: string, bundles: readonly string[]): Promise<void> {
  const { agenda, faults, random } = world
  const queue = world.queue(service)
  return new Promise((resolve, reject) => {
    if (faults.strike("sendHangs", where)) return
    const fails = faults.strike("sendFails", where)
    const partly = !fails && faults.strike("partlyStored", where)
    const lost = faults.strike("lostSend", where)
    agenda.after(random.between(1, CALL_MS_MAX), `send ${where}`, () => {
      if (queue === undefined) world.failed("send", new Error(`${service} has no queue`))
      const stored = fails || lost ? 0 : partly ? random.between(0, bundles.length - 1) : bundles.length
      for (const bundle of bundles.slice(0, stored)) queue?.put(bundle)
      if (queue !== undefined && faults.strike("poison", service)) queue.put(garbage(random, bundles[0] ?? "[]"))
      if (fails || partly) reject(new Error("Queue send failed: 10250"))
      else resolve()
    })
  })
}
