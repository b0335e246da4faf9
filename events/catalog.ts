/** All that is ever said, by noun. A new event is one line in its noun's file. */
import { Customer } from "./customer.ts"
import { Inventory } from "./inventory.ts"
import { Order } from "./order.ts"
import { Payment } from "./payment.ts"
import { Shipment } from "./shipment.ts"

export const catalog = { Order, Payment, Inventory, Shipment, Customer }

export type AppCatalog = typeof catalog
