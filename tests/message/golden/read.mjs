// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

// node read.mjs <RECORDS: reads records, one a line (its headers and body in hexadecimal, separated by
// spaces: name, value, ..., body), with the reader of S2's package streamstore-patterns, and prints each
// message in hexadecimal.

import { readFileSync } from "node:fs";
import { serialization } from "@s2-dev/streamstore-patterns";

const lines = readFileSync(0, "utf8").split("\n").slice(0, -1);
const source = new ReadableStream({
  start(controller) {
    for (const line of lines) {
      const fields = line.split(" ").map((field) => Uint8Array.from(Buffer.from(field, "hex")));
      const headers = [];
      for (let i = 0; i + 1 < fields.length; i += 2) headers.push([fields[i], fields[i + 1]]);
      controller.enqueue({ headers, body: fields[fields.length - 1] });
    }
    controller.close();
  },
});
for await (const message of new serialization.DeserializingReadSession(source, (bytes) => bytes)) {
  console.log(Buffer.from(message).toString("hex"));
}
