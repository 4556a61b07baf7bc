package rest

import (
	"embed"
	"net/http"
	"path"
	"strconv"

	"github.com/go-chi/chi/v5"

	"github.com/latchkey-id/latchkey/internal/fault"
	"github.com/latchkey-id/latchkey/internal/httpapi"
)

//go:embed pagesui
var pagesUI embed.FS

// pagesPolicy lets the pages that mails link to load their own files and talk
// to their own origin. No inline script or style; forms are sent by the script,
// so that no browser ever puts a password into an address.
const pagesPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// pageAssets are what the pages load, as api/auth.yaml lists them.
var pageAssets = []string{"pages.css", "pages.js", "service.js", "icon.svg"}

var pageMedia = map[string]string{
	".html": "text/html; charset=utf-8",
	".css":  "text/css; charset=utf-8",
	".js":   "text/javascript; charset=utf-8",
	".svg":  "image/svg+xml",
}

// mountPages serves the pages as operations of the document, with its limits.
func mountPages(r chi.Router) {
	r.Get("/verify", servePage("verify.html", "no-store"))
	r.Get("/reset", servePage("reset.html", "no-store"))
	assets := map[string]http.HandlerFunc{}
	for _, name := range pageAssets {
		assets[name] = servePage(name, "public, max-age=300")
	}
	r.Get("/pages/{file}", func(w http.ResponseWriter, r *http.Request) {
		serve, known := assets[chi.URLParam(r, "file")]
		if !known {
			httpapi.Write(w, r, fault.ErrNotFound)
			return
		}
		serve(w, r)
	})
}

func servePage(name, cache string) http.HandlerFunc {
	text, err := pagesUI.ReadFile("pagesui/" + name)
	if err != nil {
		panic(err) // the file is embedded
	}
	return func(w http.ResponseWriter, _ *http.Request) {
		header := w.Header()
		header.Set("Content-Security-Policy", pagesPolicy)
		header.Set("Cache-Control", cache)
		header.Set("Content-Type", pageMedia[path.Ext(name)])
		header.Set("Content-Length", strconv.Itoa(len(text)))
		_, _ = w.Write(text)
	}
}
