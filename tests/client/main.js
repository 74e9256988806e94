// Takes the tour, by the compiled tour.ts: `node main.js http://127.0.0.1:8000 loop-backup.db`. Prints what it saw as JSON.
import { openAsBlob } from "node:fs";
import { basename } from "node:path";
import { argv } from "node:process";

import { takeTour } from "./tour.js";

const [address, path] = argv.slice(2);
const backup = new File([await openAsBlob(path)], basename(path));
console.log(JSON.stringify(await takeTour(address, backup)));
