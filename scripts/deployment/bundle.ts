/** What a deployment uploads: built as it would be, weighed, and held to its bound. */
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { gzipSync } from "node:zlib"
import { root } from "./configuration.ts"
import { complaint, type Wrangler } from "./wrangler.ts"

/** A worker starts as fast as it can be read; the platform's own bound is 10 MB. */
export const BUNDLE_GZIP_BYTES_MAX = 300 * 1024

export interface Weight {
  readonly bytes: number
  readonly gzipBytes: number
}

/** Builds into a folder, and weighs what is uploaded from it. */
export async function build(wrangler: Wrangler, config: string, folder: string): Promise<Weight> {
  const ended = await wrangler(["deploy", "--dry-run", "--config", config, "--outdir", folder])
  if (ended.code !== 0) throw new Error(complaint(ended))
  return weigh(join(root, folder))
}

function weigh(folder: string): Weight {
  const parts = readdirSync(folder).filter((name) => name.endsWith(".js"))
  if (parts.length === 0) throw new Error(`nothing was built in ${folder}`)
  const contents = parts.map((name) => readFileSync(join(folder, name)))
  return {
    bytes: contents.reduce((sum, each) => sum + each.byteLength, 0),
    gzipBytes: contents.reduce((sum, each) => sum + gzipSync(each).byteLength, 0),
  }
}

export function verdict({ bytes, gzipBytes }: Weight): { readonly isGood: boolean; readonly says: string } {
  const size = `bundle: ${kilobytes(gzipBytes)} gzip (${kilobytes(bytes)} as it is)`
  const bound = kilobytes(BUNDLE_GZIP_BYTES_MAX)
  if (gzipBytes <= BUNDLE_GZIP_BYTES_MAX) return { isGood: true, says: `${size}, of ${bound} at most` }
  return { isGood: false, says: `${size}, and it may be ${bound} at most: see what came in with --metafile` }
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1024).toFixed(1)} KB`
}
