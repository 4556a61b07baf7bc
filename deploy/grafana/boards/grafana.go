package main

import "strings"

// board is a dashboard: rows of panels. Its uid is in links, so it stays.
type board struct {
	uid, title, about string
	rows              []row
}

type row struct {
	title  string
	panels []panel
}

// panel shows queries. Of hint: what to do when it looks bad.
type panel struct {
	title, hint string
	kind        string // of Grafana's; empty is timeseries
	unit        string // of Grafana's: s, reqps, percentunit, short, bytes
	width       int    // of 24; 0 is 8
	max         float64
	red         float64 // from here on (or, where below is set, under it) it looks bad; 0 is never
	below       bool
	queries     []query
}

// query is PromQL, in which {$} stands for the chosen jobs and instances, as
// {$, status="200"} does with a matcher more.
type query struct{ expr, legend string }

const chosen = `job=~"$job", instance=~"$instance"`

const panelHeight, rowWidth = 8, 24

type object = map[string]any

// dashboard is what Grafana reads: schema 39 is Grafana 11's, which 12 reads too.
func (b board) dashboard() object {
	var panels []object
	y, id := 0, 0
	for _, r := range b.rows {
		id++
		panels = append(panels, object{"id": id, "type": "row", "title": r.title, "collapsed": false, "panels": []any{}, "gridPos": place(0, y, rowWidth, 1)})
		y++
		x := 0
		for _, p := range r.panels {
			width := p.width
			if width == 0 {
				width = rowWidth / 3
			}
			if x+width > rowWidth {
				x, y = 0, y+panelHeight
			}
			id++
			panels = append(panels, p.json(id, place(x, y, width, panelHeight)))
			x += width
		}
		y += panelHeight
	}
	return object{
		"uid": b.uid, "title": b.title, "description": b.about, "tags": []string{"latchkey"},
		"schemaVersion": 39, "editable": true, "graphTooltip": 1, "refresh": "30s", "timezone": "",
		"time":       object{"from": "now-3h", "to": "now"},
		"templating": object{"list": variables()},
		"links": []object{{"type": "dashboards", "title": "latchkey", "tags": []string{"latchkey"},
			"asDropdown": true, "includeVars": true, "keepTime": true}},
		"panels": panels,
	}
}

func place(x, y, w, h int) object { return object{"x": x, "y": y, "w": w, "h": h} }

var source = object{"type": "prometheus", "uid": "${datasource}"}

func variables() []object {
	many := func(name, query, all string) object {
		return object{"name": name, "label": name, "type": "query", "datasource": source, "refresh": 2, "sort": 1,
			"query": object{"query": query, "refId": name}, "definition": query, "multi": true, "includeAll": true, "allValue": all,
			"current": object{"text": []string{"All"}, "value": []string{"$__all"}}}
	}
	return []object{
		{"name": "datasource", "label": "data source", "type": "datasource", "query": "prometheus", "current": object{}},
		many("job", `label_values(latchkey_build_info, job)`, "latchkey-.*"),
		many("instance", `label_values(latchkey_build_info{job=~"$job"}, instance)`, ".*"),
	}
}

func (p panel) json(id int, where object) object {
	kind := p.kind
	if kind == "" {
		kind = "timeseries"
	}
	var targets []object
	for i, q := range p.queries {
		targets = append(targets, object{
			"refId": string(rune('A' + i)), "datasource": source, "legendFormat": q.legend, "exemplar": strings.Contains(q.expr, "_bucket"),
			"expr": strings.ReplaceAll(q.expr, "{$", "{"+chosen), "range": kind != "stat", "instant": kind == "stat",
		})
	}
	defaults := object{"unit": p.unit, "min": 0, "thresholds": p.thresholds()}
	if p.max > 0 {
		defaults["max"] = p.max
	}
	if p.red != 0 {
		defaults["color"] = object{"mode": "thresholds"}
		if kind == "timeseries" {
			defaults["color"] = object{"mode": "palette-classic"}
			defaults["custom"] = object{"thresholdsStyle": object{"mode": "line"}}
		}
	}
	if p.below {
		delete(defaults, "min") // a budget may be overspent
	}
	return object{
		"id": id, "type": kind, "title": p.title, "description": p.hint, "datasource": source, "gridPos": where,
		"targets": targets, "fieldConfig": object{"defaults": defaults, "overrides": []any{}}, "options": options(kind),
	}
}

func (p panel) thresholds() object {
	steps := []object{{"color": "green", "value": nil}}
	switch {
	case p.red != 0 && p.below:
		steps = []object{{"color": "red", "value": nil}, {"color": "green", "value": p.red}}
	case p.red != 0:
		steps = append(steps, object{"color": "red", "value": p.red})
	}
	return object{"mode": "absolute", "steps": steps}
}

func options(kind string) object {
	switch kind {
	case "stat":
		return object{"reduceOptions": object{"calcs": []string{"lastNotNull"}}, "textMode": "value_and_name", "colorMode": "background"}
	case "state-timeline":
		return object{"showValue": "never", "mergeValues": true, "legend": object{"showLegend": false}}
	}
	return object{"legend": object{"displayMode": "table", "placement": "bottom", "calcs": []string{"lastNotNull", "max"}},
		"tooltip": object{"mode": "multi", "sort": "desc"}}
}

// quantiles are queries for the 50th, 95th and 99th hundredth of a histogram,
// by the labels named, if any.
func quantiles(metric, matchers, by string) []query {
	labels, legend := "le", ""
	if by != "" {
		labels, legend = by+", le", " {{"+by+"}}"
	}
	var all []query
	for _, q := range []string{"0.5", "0.95", "0.99"} {
		all = append(all, query{"histogram_quantile(" + q + ", sum by (" + labels + ") (rate(" + metric + "_bucket{$" + matchers + "}[$__rate_interval])))",
			"p" + strings.TrimPrefix(strings.TrimPrefix(q+"0", "0."), "0.")[:2] + legend})
	}
	return all
}
