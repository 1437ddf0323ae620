// A bookshop's API with Express: the body is parsed first, then a middleware asks for the key, as most tutorials do it.
import express from "express";

const names = ["shop", "reader", "auditor"];
const keys = new Map(names.map((name) => [process.env[`LOCKPROOF_KEY_${name.toUpperCase()}`], name]));
const scopes = {
  shop: ["catalog", "orders:read", "orders:write"],
  reader: ["catalog"],
  auditor: ["orders:read"],
};
const book = { isbn: "9780131103627", title: "The C Programming Language" };

function requireApiKey(req, res, next) {
  const key = req.get("X-API-Key");
  if (!key) return res.status(401).json({ error: "missing_api_key" });
  req.client = keys.get(key);
  if (!req.client) return res.status(401).json({ error: "invalid_api_key" });
  next();
}

const may = (scope) => (req, res, next) =>
  scopes[req.client].includes(scope) ? next() : res.status(403).json({ error: "insufficient_permissions" });

const app = express();
app.use(express.json());

app.get("/healthz", (req, res) => res.json({ status: "up" }));

app.use(requireApiKey);
app.get("/v1/books", may("catalog"), (req, res) => res.json({ books: [book] }));
app.get("/v1/books/:isbn", may("catalog"), (req, res) =>
  req.params.isbn === book.isbn ? res.json({ book }) : res.status(404).json({ error: "not_found" }),
);
app.post("/v1/search", may("catalog"), (req, res) =>
  Array.isArray(req.body?.words) ? res.json({ books: [book] }) : res.status(400).json({ error: "malformed_body" }),
);
app.get("/v1/orders", may("orders:read"), (req, res) => res.json({ orders: [{ id: "ord_1", state: "shipped" }] }));
app.post("/v1/orders", may("orders:write"), (req, res) =>
  res.status(201).json({ order: { id: "ord_2", state: "placed" } }),
);

app.listen(process.env.PORT, "127.0.0.1");
