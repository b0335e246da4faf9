/** The services of this system. A new one is a line here, a binding, and its own files. */
import { registry } from "../choreography/service.ts"
import { catalogue } from "./Catalog.ts"
import { customer } from "./Customer.ts"
import { inventory } from "./Inventory.ts"
import { monitor } from "./Monitor.ts"
import { order } from "./Order.ts"
import { payment } from "./Payment.ts"
import { shipping } from "./Shipping.ts"

export const services = registry([order, payment, inventory, shipping, customer, catalogue, monitor])
