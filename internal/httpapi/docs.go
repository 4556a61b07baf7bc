package httpapi

import (
	"embed"
	"net/http"
	"path"

	"github.com/go-chi/chi/v5"
	"github.com/swaggest/swgui/v5/static"
	"github.com/vearutop/statigz"
)

//go:embed docsui
var docsPage embed.FS

// docsPolicy lets the page load its own files and talk to its own origin. No
// inline script; Swagger UI sets styles inline and draws icons as data URLs.
const docsPolicy = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; " +
	"connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// mountDocs serves Swagger UI from files in the binary.
func (a *API) mountDocs(r chi.Router) {
	assets := http.StripPrefix("/docs/", statigz.FileServer(static.FS))
	page := func(name, media string) http.HandlerFunc {
		text, err := docsPage.ReadFile("docsui/" + name)
		if err != nil {
			panic(err) // the file is embedded
		}
		return func(w http.ResponseWriter, _ *http.Request) {
			docsHeaders(w)
			w.Header().Set("Content-Type", media)
			_, _ = w.Write(text)
		}
	}
	r.Get("/docs", page("index.html", "text/html; charset=utf-8"))
	r.Get("/docs/", http.RedirectHandler("/docs", http.StatusPermanentRedirect).ServeHTTP)
	r.Get("/docs/page.js", page("page.js", "text/javascript; charset=utf-8"))
	r.Get("/docs/page.css", page("page.css", "text/css; charset=utf-8"))
	for _, name := range []string{"swagger-ui.css", "swagger-ui-bundle.js", "favicon-32x32.png"} {
		r.Get(path.Join("/docs", name), func(w http.ResponseWriter, r *http.Request) {
			docsHeaders(w)
			assets.ServeHTTP(w, r)
		})
	}
}

func docsHeaders(w http.ResponseWriter) {
	w.Header().Set("Content-Security-Policy", docsPolicy)
	w.Header().Set("Cache-Control", "public, max-age=300")
}
