// Ids of cells: computed once for a name, never taken for another namespace's, and forgotten before they are too many.
import { expect, test } from "vitest"
import { idOf } from "../../../choreography/cellIds.ts"

function namespace(label: string) {
  const computed: string[] = []
  const idFromName = (name: string): unknown => {
    computed.push(name)
    return { label, name }
  }
  // Nothing else of it is asked.
  return { computed, objects: { idFromName } as unknown as DurableObjectNamespace }
}

test("an id is computed once for each name of a namespace", () => {
  const [one, other] = [namespace("one"), namespace("other")]
  for (let time = 0; time < 3; time++) {
    for (const cell of ["cell-0", "cell-1"]) {
      expect(idOf(one.objects, cell)).toEqual({ label: "one", name: cell })
      expect(idOf(other.objects, cell)).toEqual({ label: "other", name: cell })
    }
  }
  expect([one.computed, other.computed]).toEqual([
    ["cell-0", "cell-1"],
    ["cell-0", "cell-1"],
  ])
})

test("names without end are forgotten, and found again", () => {
  const { computed, objects } = namespace("many")
  for (let number = 0; number < 2_500; number++) idOf(objects, `ord_${String(number)}`)
  expect(idOf(objects, "ord_2499")).toEqual({ label: "many", name: "ord_2499" })
  expect(computed).toHaveLength(2_500)
  expect(idOf(objects, "ord_0")).toEqual({ label: "many", name: "ord_0" })
  expect(computed).toHaveLength(2_501)
})
