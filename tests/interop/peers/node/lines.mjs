// Questions as JSON on standard input, one a line; the answer to each on standard output, in order.
// A question is {"operation": name, ...}; an answer is {"answer": ...} or {"error": what was thrown}.
import { createInterface } from "node:readline";

export async function serve(operations) {
  for await (const line of createInterface({ input: process.stdin })) {
    const { operation, ...question } = JSON.parse(line);
    let reply;
    try {
      reply = { answer: await operations[operation](question) };
    } catch (error) {
      reply = { error: String(error?.message ?? error) };
    }
    process.stdout.write(JSON.stringify(reply) + "\n");
  }
}

export const hex = (bytes) => Buffer.from(bytes).toString("hex");
export const unhex = (text) => Buffer.from(text, "hex");
export const base64url = (bytes) => Buffer.from(bytes).toString("base64url");
export const fromBase64url = (text) => Buffer.from(text, "base64url");
