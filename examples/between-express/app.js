// A backend with Express: whoever has a session reaches some of the platform through http-proxy-middleware, which adds
// the key.
import express from "express";
import { createProxyMiddleware } from "http-proxy-middleware";

// What a login would have written down.
const sessions = new Map([
  [process.env.LOCKPROOF_KEY_APP, { user: "app", routes: ["documents", "liveness", "people"] }],
  [process.env.LOCKPROOF_KEY_KIOSK, { user: "kiosk", routes: ["documents"] }],
]);

function requireSession(req, res, next) {
  const [scheme, token] = (req.get("Authorization") ?? "").split(" ");
  req.session = scheme === "Bearer" && sessions.get(token);
  if (!req.session) return res.status(401).json({ error: "not_signed_in" });
  next();
}

const may = (route) => (req, res, next) =>
  req.session.routes.includes(route) ? next() : res.status(403).json({ error: "not_allowed" });

const platform = createProxyMiddleware({
  target: process.env.PLATFORM_URL,
  changeOrigin: true,
  pathFilter: ["/api/documents", "/api/liveness", "/api/people"],
  pathRewrite: {
    "^/api/documents": "/v1/ekyc/ocr",
    "^/api/liveness": "/v1/ekyc/liveness",
    "^/api/people": "/v1/abis/subjects",
  },
  headers: { "X-API-Key": process.env.LOCKPROOF_KEY_BACKEND },
  proxyTimeout: 2000,
});

const app = express();
app.get("/healthz", (req, res) => res.json({ status: "up" }));

app.use("/api", requireSession);
app.use("/api/documents", may("documents"));
app.use("/api/liveness", may("liveness"));
app.use("/api/people", may("people"));
app.use(platform);

app.listen(process.env.PORT, "127.0.0.1");
