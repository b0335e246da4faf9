/** What a broken or a foreign producer may leave on a queue: none of it may stop anybody else. */
import type { Random } from "./random.ts"

type Spoil = (text: string, random: Random) => unknown

const spoils: readonly Spoil[] = [
  () => "",
  () => "not JSON at all",
  () => null,
  () => 42,
  () => "{}",
  () => '[{"stream":1}]',
  () => "[[]]",
  () => '[{"stream":"__proto__","target":"constructor/toString","position":1,"event":{}}]',
  (text, random) => text.slice(0, random.between(0, text.length)),
  (text) => text.replaceAll('"position":', '"position":-'),
  (text) => text.replaceAll('"specversion":"1.0"', '"specversion":"9.9"'),
  (text) => foreign(text, '"target":"', '"target":"Nobody'),
  (text) => foreign(text, '"type":"', '"type":"Unheard.of'),
  (text) => foreign(text, '"dataschema":"urn:event:', '"dataschema":"urn:else:'),
  (text) => foreign(text, '"data":{', '"data":{"orderId":7,"amount":1e21},"more":{'),
  (text) => foreign(text, '"data":{', `"data":"${"x".repeat(20_000)}","more":{`),
  (text) => foreign(text.replaceAll('"more":{', '"extra":{'), '"data":{', '"data":[[[[1e400]]]],"dato":{'),
]

export function garbage(random: Random, example: string): unknown {
  return random.pick(spoils)(example, random)
}

/** Readable, but no event of ours: it comes on a stream of its own. */
function foreign(text: string, from: string, to: string): string {
  return text.replaceAll(from, to).replaceAll('"stream":"', '"stream":"Stranger/')
}
