/** What the demo shows: a table that is drawn over itself in a terminal, and lines that follow one another elsewhere. */
export interface Row {
  readonly name: string
  readonly tells: string
  readonly orderId: string | null
  /** The states it has been seen in, in order. */
  readonly states: readonly string[]
  /** Empty until it has ended. */
  readonly books: string
  /** Null while it is on its way. */
  readonly isAsExpected: boolean | null
}

const ARROW = " → "
const COLUMNS = { name: 14, states: 48, books: 39 }
const UP = (lines: number): string => `\u001B[${lines}A\u001B[J`

export function table(rows: readonly Row[], seconds: number): readonly string[] {
  const { name, states, books } = COLUMNS
  const head = `    ${"order".padEnd(name)} ${"state".padEnd(states)} ${"books".padEnd(books)} id`
  const ended = rows.filter(({ isAsExpected }) => isAsExpected !== null).length
  return [
    head,
    ...rows.map((row) => {
      const path = row.states.join(ARROW)
      return `  ${mark(row)} ${row.name.padEnd(name)} ${clip(path, states)} ${row.books.padEnd(books)} ${row.orderId ?? ""}`.trimEnd()
    }),
    `    ${bar(ended, rows.length)} ${ended} of ${rows.length} have ended, ${seconds.toFixed(0)} s`,
  ]
}

function mark({ isAsExpected }: Row): string {
  if (isAsExpected === null) return "·"
  return isAsExpected ? "✓" : "✗"
}

/** The end of a path is what counts. */
function clip(path: string, width: number): string {
  return (path.length > width ? `…${path.slice(1 - width)}` : path).padEnd(width)
}

function bar(done: number, all: number): string {
  return "█".repeat(done) + "░".repeat(all - done)
}

export interface Screen {
  /** Shows how things stand; `news` is what has changed since. */
  show(lines: readonly string[], news: readonly string[]): void
  /** The last word. */
  end(lines: readonly string[]): void
}

/** A line that the terminal would break in two would be drawn over in the wrong place. */
export function terminal(write: (text: string) => void, width: number): Screen {
  let drawn = 0
  const draw = (lines: readonly string[]): void => {
    const clipped = lines.map((line) => line.slice(0, width - 1))
    write(`${drawn > 0 ? UP(drawn) : ""}${clipped.join("\n")}\n`)
    drawn = lines.length
  }
  return { show: draw, end: draw }
}

export function plain(write: (text: string) => void): Screen {
  return {
    show: (_lines, news) => {
      for (const line of news) write(`${line}\n`)
    },
    end: (lines) => {
      write(`\n${lines.join("\n")}\n`)
    },
  }
}
