package main

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"strings"
)

// finder finds the changes of one file, and writes their switches.
type finder struct {
	fset    *token.FileSet
	info    *types.Info
	pkg     string
	name    string
	text    []byte
	next    func() int
	mutants []*change
	edits   []insertion

	function string
	results  []*ast.FieldList // of the functions around, the innermost last
}

// find looks through the functions of a file.
func (f *finder) find(file *ast.File) {
	for _, decl := range file.Decls {
		if d, ok := decl.(*ast.FuncDecl); ok && d.Body != nil {
			f.function = d.Name.Name
			if d.Recv != nil && len(d.Recv.List) == 1 {
				f.function = strings.TrimPrefix(f.source(d.Recv.List[0].Type), "*") + "." + d.Name.Name
			}
			f.body(d.Type, d.Body)
		}
	}
}

func (f *finder) body(of *ast.FuncType, body *ast.BlockStmt) {
	f.results = append(f.results, of.Results)
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			f.body(n.Type, n.Body)
			return false
		case *ast.BlockStmt:
			f.statements(n.List)
		case *ast.CaseClause:
			f.statements(n.Body)
		case *ast.CommClause:
			f.statements(n.Body)
		case *ast.IfStmt:
			f.leaf(n.Cond)
		case *ast.GenDecl:
			return n.Tok != token.CONST
		case ast.Expr:
			f.expression(n)
		}
		return true
	})
	f.results = f.results[:len(f.results)-1]
}

func (f *finder) source(n ast.Node) string {
	return string(f.text[f.offset(n.Pos()):f.offset(n.End())])
}

func (f *finder) offset(p token.Pos) int { return f.fset.Position(p).Offset }

// add notes a change at a node.
func (f *finder) add(n ast.Node, what string) int {
	id := f.next()
	source, _, more := strings.Cut(f.source(n), "\n")
	if more {
		source += " …"
	}
	f.mutants = append(f.mutants, &change{
		ID: id, Package: f.pkg, File: f.name, Line: f.fset.Position(n.Pos()).Line, Function: f.function, Change: what, Source: strings.TrimSpace(source),
	})
	return id
}

// wrap puts text around a node.
func (f *finder) wrap(n ast.Node, before, after string) {
	begin, end := f.offset(n.Pos()), f.offset(n.End())
	f.edits = append(f.edits, insertion{at: begin, end: begin, text: before, depth: end - begin},
		insertion{at: end, end: end, text: after, depth: end - begin, closing: true})
}

// replace puts text in the place of an operator.
func (f *finder) replace(at token.Pos, operator token.Token, text string) {
	begin := f.offset(at)
	f.edits = append(f.edits, insertion{at: begin, end: begin + len(operator.String()), text: text})
}

func (f *finder) statements(list []ast.Stmt) {
	for _, s := range list {
		switch s := s.(type) {
		case *ast.ExprStmt:
			if call, ok := s.X.(*ast.CallExpr); ok && f.source(call.Fun) != "panic" {
				f.leaveOut(s)
			}
		case *ast.AssignStmt:
			f.assignment(s)
		case *ast.IncDecStmt:
			f.leaveOut(s)
		case *ast.ReturnStmt:
			f.returns(s)
		}
	}
}

func (f *finder) leaveOut(s ast.Stmt) {
	f.wrap(s, fmt.Sprintf("if !mutant.On(%d) { ", f.add(s, "left out")), " }")
}

// assignment leaves out those that declare nothing, and those to _.
func (f *finder) assignment(s *ast.AssignStmt) {
	for _, to := range s.Lhs {
		if name, ok := to.(*ast.Ident); s.Tok == token.DEFINE || ok && name.Name == "_" {
			return
		}
	}
	f.leaveOut(s)
}

// returns makes a return give zero values, where it does not already.
func (f *finder) returns(s *ast.ReturnStmt) {
	of := f.results[len(f.results)-1]
	zero := true
	for _, result := range s.Results {
		zero = zero && f.isZero(result)
	}
	if of == nil || zero {
		return
	}
	var zeros []string
	for _, field := range of.List {
		for range max(1, len(field.Names)) {
			zeros = append(zeros, "*new("+f.source(field.Type)+")")
		}
	}
	f.wrap(s, fmt.Sprintf("if mutant.On(%d) { return %s }; ", f.add(s, "zero values"), strings.Join(zeros, ", ")), "")
}

func (f *finder) isZero(e ast.Expr) bool {
	if lit, ok := e.(*ast.CompositeLit); ok {
		return len(lit.Elts) == 0
	}
	v := f.info.Types[e]
	if v.IsNil() {
		return true
	}
	if v.Value == nil {
		return false
	}
	switch v.Value.Kind() {
	case constant.Bool:
		return true // the literal has a change of its own
	case constant.String:
		return constant.StringVal(v.Value) == ""
	case constant.Int, constant.Float:
		return constant.Sign(v.Value) == 0
	}
	return false
}

// arithmetic are the switches of operators on numbers, and what they turn into.
var arithmetic = map[token.Token][2]string{
	token.ADD: {"Add", "-"}, token.SUB: {"Sub", "+"}, token.MUL: {"Mul", "/"}, token.QUO: {"Quo", "*"},
}

func (f *finder) expression(e ast.Expr) {
	switch e := e.(type) {
	case *ast.Ident:
		if of := f.info.Uses[e]; f.isBool(e) && (of == types.Universe.Lookup("true") || of == types.Universe.Lookup("false")) {
			f.wrap(e, fmt.Sprintf("mutant.Not(%d, ", f.add(e, "the other one")), ")")
		}
	case *ast.UnaryExpr:
		if e.Op == token.NOT && f.isBool(e) && !isComparison(e.X) {
			f.wrap(e, fmt.Sprintf("mutant.Not(%d, ", f.add(e, "without !")), ")")
		}
	case *ast.BinaryExpr:
		if f.info.Types[e].Value == nil {
			f.binary(e)
		}
	}
}

func isComparison(e ast.Expr) bool {
	for {
		inner, ok := e.(*ast.ParenExpr)
		if !ok {
			break
		}
		e = inner.X
	}
	_, ok := e.(*ast.BinaryExpr)
	return ok
}

func (f *finder) binary(e *ast.BinaryExpr) {
	_, reckons := arithmetic[e.Op]
	if !reckons && !f.isBool(e) {
		return
	}
	switch e.Op {
	case token.LAND, token.LOR:
		name, other := "And", "||"
		if e.Op == token.LOR {
			name, other = "Or", "&&"
		}
		f.leaf(e.X)
		f.leaf(e.Y)
		f.wrap(e, fmt.Sprintf("mutant.%s(%d, ", name, f.add(e, e.Op.String()+" is "+other)), ") })")
		f.replace(e.OpPos, e.Op, ", func() bool { return (")
	case token.EQL, token.NEQ:
		f.wrap(e, fmt.Sprintf("mutant.Not(%d, ", f.add(e, "turned round")), ")")
	case token.LSS, token.GTR:
		f.compare(e, "Wide", e.Op.String()+" is "+e.Op.String()+"=", "==")
	case token.LEQ, token.GEQ:
		f.compare(e, "Strict", e.Op.String()+" is "+e.Op.String()[:1], "==")
	case token.ADD, token.SUB, token.MUL, token.QUO:
		if b, ok := f.info.Types[e].Type.Underlying().(*types.Basic); ok && b.Info()&(types.IsInteger|types.IsFloat) != 0 {
			to := arithmetic[e.Op]
			f.wrap(e, fmt.Sprintf("mutant.%s(%d, ", to[0], f.add(e, e.Op.String()+" is "+to[1])), ")")
			f.replace(e.OpPos, e.Op, ",")
		}
	}
}

// compare turns a comparison round and moves its limit. Neither operand is written
// twice with switches in it.
func (f *finder) compare(e *ast.BinaryExpr, name, what, equal string) {
	round, limit := f.add(e, "turned round"), f.add(e, what)
	f.wrap(e, fmt.Sprintf("mutant.Not(%d, mutant.%s(%d, ", round, name, limit),
		fmt.Sprintf(", func() bool { return (%s) %s (%s) }))", oneLine(f.source(e.X)), equal, oneLine(f.source(e.Y))))
}

func oneLine(text string) string { return strings.ReplaceAll(text, "\n", " ") }

// isBool tells bool itself: the switches give no type that is named after it.
func (f *finder) isBool(e ast.Expr) bool {
	t := f.info.Types[e].Type
	return t == types.Typ[types.Bool] || t == types.Typ[types.UntypedBool]
}

// leaf turns round a condition, or a part of one, that is a name or a call; what is
// compared or negated has changes of its own.
func (f *finder) leaf(e ast.Expr) {
	switch e.(type) {
	case *ast.Ident, *ast.CallExpr, *ast.SelectorExpr:
		if f.isBool(e) && f.info.Types[e].Value == nil {
			f.wrap(e, fmt.Sprintf("mutant.Not(%d, ", f.add(e, "turned round")), ")")
		}
	}
}
