/** The button with which somebody deploys a public repository to an account of their own. */

/** Where Cloudflare clones from; `git@host:owner/name.git`, `ssh://git@host/owner/name` and `https://host/owner/name` alike. */
const REMOTE = /^(?:git@|(?:ssh|https?):\/\/(?:[^@/]*@)?)(github\.com|gitlab\.com)[:/]([\w.-]+(?:\/[\w.-]+)+)$/
const PAGE = "https://deploy.workers.cloudflare.com"

/** Markdown, or null where the remote is none that the page takes. */
export function buttonFor(remote: string): string | null {
  const [, host, path] = REMOTE.exec(remote.trim().replace(/(?:\.git)?\/?$/, "")) ?? []
  if (host === undefined || path === undefined) return null
  return `[![Deploy to Cloudflare](${PAGE}/button)](${PAGE}/?url=https://${host}/${path})`
}
