// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

// node make.mjs FOLDER: writes streams as S2's package streamstore-patterns 2.1.4 writes them, for
// golden_test.cc: NAME.records is a batch in Protobuf's text format, NAME.messages has a line of
// hexadecimal digits for each message that the package's own reader makes of it. Run where
// `npm install @s2-dev/streamstore-patterns@2.1.4 @s2-dev/streamstore` was.

import { writeFileSync } from "node:fs";
import { AppendRecord } from "@s2-dev/streamstore";
import { serialization } from "@s2-dev/streamstore-patterns";

const { chunkBytes, frameChunksToRecords, injectDedupeHeaders, DeserializingReadSession } = serialization;
const folder = process.argv[2];

function message(size, seed) {
  return Uint8Array.from({ length: size }, (_, i) => (i * 31 + seed) & 0xff);
}

function records(size, seed, chunk = 10) {
  return frameChunksToRecords(chunkBytes(message(size, seed), chunk));
}

function deduped(list, writer, first) {
  injectDedupeHeaders(list, writer, first);
  return list;
}

function record(headers, body) {
  const bytes = (text) => new TextEncoder().encode(text);
  return AppendRecord.bytes({ headers: headers.map(([k, v]) => [bytes(k), v]), body });
}

function text(bytes) {
  return '"' + Array.from(bytes, (byte) => "\\" + byte.toString(8).padStart(3, "0")).join("") + '"';
}

function print(list) {
  return list
    .map((r, i) => {
      const headers = (r.headers ?? []).map(([name, value]) => ` headers { name: ${text(name)} value: ${text(value)} }`);
      return `records { seq_num: ${i}${headers.join("")} body: ${text(r.body)} }\n`;
    })
    .join("");
}

async function read(list) {
  const source = new ReadableStream({
    start(controller) {
      for (const r of list) controller.enqueue(r);
      controller.close();
    },
  });
  const messages = [];
  for await (const m of new DeserializingReadSession(source, (bytes) => bytes)) messages.push(Buffer.from(m).toString("hex"));
  return messages;
}

const streams = {
  one_part: [...records(1, 1), ...records(9, 2), ...records(10, 3)],
  many_parts: [...records(11, 4), ...records(95, 5), ...records(100, 6)],
  deduped: deduped([...records(25, 7), ...records(5, 8)], "aaaaaaaaaaaa", 0),
  duplicates: (() => {
    const list = deduped([...records(25, 9), ...records(5, 10), ...records(31, 11)], "bbbbbbbbbbbb", 7);
    return [...list.slice(0, 2), ...list.slice(0, 4), ...list.slice(2), ...list];
  })(),
  another_writer: (() => {
    const before = deduped(records(45, 12), "cccccccccccc", 100).slice(0, 3);
    return [...before, ...deduped([...records(45, 12), ...records(3, 13)], "dddddddddddd", 0)];
  })(),
  cut_short: [...records(25, 14).slice(0, 2), ...records(15, 15), ...records(20, 16).slice(1), ...records(4, 17)],
  too_long: (() => {
    const list = records(25, 18);
    return [list[0], record([], message(30, 0)), list[1], list[2], ...records(4, 19)];
  })(),
  too_short: (() => {
    const list = records(25, 20);
    return [list[0], list[1], record([], message(1, 0)), ...records(4, 21)];
  })(),
  foreign: [record([], message(5, 0)), record([["a", message(2, 1)]], message(5, 0)), ...records(12, 22), record([], message(3, 0)), ...records(6, 23)],
  legacy_writer: (() => {
    const number = (n) => new Uint8Array([0, 0, 0, 0, 0, 0, 0, n]);
    const list = [...records(12, 24), ...records(6, 25)];
    const stamped = list.map((r, i) => AppendRecord.bytes({
      headers: [...(r.headers ?? []), [new TextEncoder().encode("_dedupe_seq"), number(i + 1)]], body: r.body }));
    return [stamped[0], stamped[0], stamped[1], stamped[2], stamped[1]];
  })(),
};

for (const [name, list] of Object.entries(streams)) {
  writeFileSync(`${folder}/${name}.records`, print(list));
  writeFileSync(`${folder}/${name}.messages`, (await read(list)).map((m) => m + "\n").join(""));
}
