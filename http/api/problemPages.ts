/** A page for each problem, which its `type` leads to, and one that lists them all. */
import { problemCodes, problemStatus, problemTitle, PROBLEM_PAGES, type ProblemCode } from "../problem.ts"
import { operations } from "./document.ts"
import { type Markup, markup, prose } from "./markup.ts"
import { problemTexts } from "./problemTexts.ts"
import { type Page, pageOf } from "./shell.ts"

export function problemsPage(): Promise<Page> {
  const rows = problemCodes.map(
    (code) =>
      markup`<tr><td>${problemStatus(code)}</td><td><a href="${PROBLEM_PAGES}/${code}">${code}</a></td><td>${problemTitle(code)}</td></tr>`,
  )
  const body = markup`<h1>Problems</h1><p>Everything that may be refused. ${prose("`code` is stable: it is what a program should go by.")}</p>
<table><tr><th>Status</th><th>Code</th><th>Title</th></tr>${rows}</table>`
  return pageOf("Problems", framed(body))
}

/** Null: no problem has this code. */
export function problemPage(asked: string): Promise<Page> | null {
  const code = problemCodes.find((each) => each === asked)
  return code === undefined ? null : pageOf(problemTitle(code), framed(explanation(code)))
}

function explanation(code: ProblemCode): Markup {
  const { means, advice } = problemTexts[code]
  const [status, title] = [problemStatus(code), problemTitle(code)]
  const sample = {
    type: `${PROBLEM_PAGES}/${code}`,
    title,
    status,
    detail: "…",
    instance: "/orders/…",
    code,
    traceId: "…",
  }
  const routes = operations.filter(({ problems }) => problems.includes(code))
  const isEverywhere = routes.length === operations.length
  const items = routes.map(({ name }) => markup`<li><code>${name}</code></li>`)
  const where = isEverywhere ? markup`<p>Every route.</p>` : markup`<ul>${items}</ul>`
  return markup`<h1>${title}</h1><p><code>${code}</code>, status ${status}</p>
<h3>What it means</h3><p>${prose(means)}</p><h3>What to do</h3><p>${prose(advice)}</p>
<h3>What it looks like</h3><pre>${JSON.stringify(sample, null, 2)}</pre>
${routes.length === 0 ? markup`` : markup`<h3>Who answers it</h3>${where}`}`
}

function framed(body: Markup): Markup {
  return markup`<main><p><a href="/docs">API</a> · <a href="${PROBLEM_PAGES}">all problems</a></p>${body}</main>`
}
