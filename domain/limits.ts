/** The bounds of what an order may be, each with its reason. */

/** Lines of one order: its events must fit into one event's size. */
export const LINES_MAX = 100
/** As many as a SKU may be stocked with at once. */
export const QUANTITY_MAX = 1_000_000
/** Cents; keeps every sum far below what a number holds exactly. */
export const PRICE_CENTS_MAX = 100_000_000
/** Cents; total of an order. */
export const TOTAL_CENTS_MAX = 1_000_000_000_000
/** Units of one SKU on the shelf. */
export const STOCK_MAX = 1_000_000_000_000
/** Holds that the row of a SKU's level lists: so many that few are not, so few that a hot SKU's row stays short. */
export const LISTED_HOLDS_MAX = 32
export const REASON_LENGTH_MAX = 500
export const PAYMENT_METHOD_LENGTH_MAX = 64
/** Entries of a payment's history: tries are bounded by budgets, a person's retries are not. */
export const HISTORY_MAX = 200
