/** What all pages of the documentation have: a head, a style, and the policy that lets nothing else apply. */
import { API } from "../operations.ts"
import { markup, Markup } from "./markup.ts"

export interface Page {
  readonly html: string
  readonly styleHash: string
}

const STYLE = `
:root { color-scheme: light dark; --ink: #1c2430; --dim: #5d6b7e; --line: #d8dee8; --back: #fff; --soft: #f4f6fa;
  --link: #1a56c4; --get: #1d6b3a; --post: #9a4d00; --delete: #a81f2b }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e9f1; --dim: #9aa7ba; --line: #333d4d; --back: #12161d;
  --soft: #1a2029; --link: #84b0ff; --get: #6fd495; --post: #f2ab5c; --delete: #ff8b94 } }
* { box-sizing: border-box }
body { margin: 0; font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--back) }
a { color: var(--link) }
code, pre { font: 0.875em/1.5 ui-monospace, monospace }
pre { background: var(--soft); border: 1px solid var(--line); border-radius: 6px; padding: .75rem; overflow-x: auto; margin: .5rem 0 }
h1 { font-size: 1.75rem; margin: 0 0 .5rem } h2 { margin: 2.5rem 0 .25rem; border-bottom: 1px solid var(--line) }
h3 { font-size: 1rem; margin: 1rem 0 .25rem } p { margin: .25rem 0 .5rem; max-width: 46rem }
.layout { display: grid; grid-template-columns: 17rem minmax(0, 1fr); max-width: 80rem; margin: 0 auto }
nav { position: sticky; top: 0; height: 100vh; overflow-y: auto; padding: 1.5rem 1rem; border-right: 1px solid var(--line); font-size: .875rem }
nav ul { list-style: none; margin: 0 0 1rem; padding: 0 } nav a { text-decoration: none; overflow-wrap: anywhere }
nav b { text-transform: capitalize } main { padding: 1.5rem 2rem 6rem; min-width: 0 }
details { border: 1px solid var(--line); border-radius: 8px; margin: .75rem 0; padding: 0 1rem }
.target { scroll-margin-top: 4rem } details[open] { padding-bottom: 1rem } summary { cursor: pointer; padding: .6rem 0; overflow-wrap: anywhere }
.method { font: 700 .75rem ui-monospace, monospace; display: inline-block; min-width: 3.5rem }
.get { color: var(--get) } .post { color: var(--post) } .delete { color: var(--delete) } .dim { color: var(--dim) }
table { border-collapse: collapse; width: 100%; font-size: .875rem; display: block; overflow-x: auto }
th, td { text-align: left; vertical-align: top; padding: .3rem .75rem .3rem 0; border-bottom: 1px solid var(--line) }
th { color: var(--dim); font-weight: 500 } td p { margin: 0 }
@media (max-width: 50rem) { .layout { display: block } nav { position: static; height: auto; border: 0 } main { padding: 1rem } }
`

export async function pageOf(title: string, body: Markup): Promise<Page> {
  const style = new TextEncoder().encode(STYLE)
  const hash = await crypto.subtle.digest("SHA-256", style)
  // The style holds nothing that could end it.
  const head = new Markup(`<style>${STYLE}</style>`)
  const { html } = markup`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · ${API.name}</title>${head}</head><body>${body}</body></html>
`
  return { html, styleHash: `sha256-${btoa(String.fromCharCode(...new Uint8Array(hash)))}` }
}
