package fault_test

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/latchkey-id/latchkey/internal/fault"
)

// TestCodes: Codes and OAuthCodes list every constant of type Code, each once but
// for the one that they share. api/spec_test.go holds them equal to the
// specifications.
func TestCodes(t *testing.T) {
	t.Parallel()
	var declared []fault.Code
	for _, name := range constants(t, "Code") {
		text, err := strconv.Unquote(name)
		if err != nil {
			t.Fatal(err)
		}
		declared = append(declared, fault.Code(text))
	}
	listed := append(fault.Codes(), slices.DeleteFunc(fault.OAuthCodes(), func(c fault.Code) bool { return c == fault.CodeInvalidRequest })...)
	slices.Sort(declared)
	if slices.Sort(listed); !slices.Equal(listed, declared) {
		t.Errorf("Codes lists\n%q, declared are\n%q", listed, declared)
	}
	if len(slices.Compact(listed)) != len(declared) {
		t.Error("a code is listed twice")
	}
}

// constants gives the values of fault.go's constants of a type, as written.
func constants(t *testing.T, typeName string) []string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "fault.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var values []string
	ast.Inspect(file, func(n ast.Node) bool {
		if spec, ok := n.(*ast.ValueSpec); ok {
			if ident, ok := spec.Type.(*ast.Ident); ok && ident.Name == typeName && len(spec.Values) == 1 {
				if literal, ok := spec.Values[0].(*ast.BasicLit); ok {
					values = append(values, literal.Value)
				}
			}
		}
		return true
	})
	return values
}

// TestStandardLibraryOnly is what lets anything import this package.
func TestStandardLibraryOnly(t *testing.T) {
	t.Parallel()
	file, err := parser.ParseFile(token.NewFileSet(), "fault.go", nil, parser.ImportsOnly)
	if err != nil {
		t.Fatal(err)
	}
	for _, spec := range file.Imports {
		if strings.Contains(spec.Path.Value, ".") {
			t.Errorf("it imports %s", spec.Path.Value)
		}
	}
}

func TestError(t *testing.T) {
	t.Parallel()
	cause := errors.New("the cause")
	for name, c := range map[string]struct {
		err  *fault.Error
		want string
	}{
		"cause":  {fault.ErrNotFound.Because(cause), "not_found: the cause"},
		"detail": {fault.New(fault.Invalid, fault.CodeInvalidRequest, "It is wrong."), "invalid_request: It is wrong."},
		"code":   {fault.New(fault.Internal, fault.CodeInternal, ""), "internal_error"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := c.err.Error(); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// TestCopies: the shared faults stay as they are, whoever adds to them.
func TestCopies(t *testing.T) {
	t.Parallel()
	cause := errors.New("the cause")
	late := fault.ErrOverloaded.Because(cause).After(3 * time.Second)
	if late.RetryAfter != 3*time.Second || !errors.Is(late, cause) || late.Detail != fault.ErrOverloaded.Detail {
		t.Errorf("got %+v", late)
	}
	if fault.ErrOverloaded.Cause != nil || fault.ErrOverloaded.RetryAfter != 0 {
		t.Errorf("the shared fault became %+v", fault.ErrOverloaded)
	}
}

func TestIs(t *testing.T) {
	t.Parallel()
	const detail = "another detail"
	for name, c := range map[string]struct {
		err, target error
		want        bool
	}{
		"itself":         {fault.ErrNotFound, fault.ErrNotFound, true},
		"with a cause":   {fault.ErrNotFound.Because(errors.New("x")), fault.ErrNotFound, true},
		"wrapped":        {fmt.Errorf("x: %w", fault.ErrNotFound), fault.ErrNotFound, true},
		"other detail":   {fault.New(fault.NotFound, fault.CodeNotFound, detail), fault.ErrNotFound, true},
		"other code":     {fault.ErrOverloaded, fault.ErrDependency, false},
		"other kind":     {fault.New(fault.Conflict, fault.CodeNotFound, detail), fault.ErrNotFound, false},
		"as a cause":     {fault.ErrInternal.Because(fault.ErrNotFound), fault.ErrNotFound, true},
		"no fault":       {errors.New("not_found"), fault.ErrNotFound, false},
		"not its cause":  {fault.ErrNotFound, errors.New("x"), false},
		"nil is nothing": {nil, fault.ErrNotFound, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := errors.Is(c.err, c.target); got != c.want {
				t.Errorf("errors.Is gives %v, want %v", got, c.want)
			}
		})
	}
}

func TestAs(t *testing.T) {
	t.Parallel()
	if fault.As(nil) != nil || fault.As(errors.New("x")) != nil {
		t.Error("a fault was found where there is none")
	}
	// The outermost decides what the client is told.
	outer := fault.ErrDependency.Because(fmt.Errorf("x: %w", fault.ErrNotFound))
	if got := fault.As(fmt.Errorf("y: %w", outer)); got != outer {
		t.Errorf("found %v", got)
	}
}

func TestFields(t *testing.T) {
	t.Parallel()
	f := fault.Fields(fault.Field{Pointer: "/a", Detail: "is wrong"}, fault.Field{Pointer: "query.b", Detail: "too"})
	if f.Kind != fault.Invalid || f.Code != fault.CodeInvalidRequest || len(f.Fields) != 2 || f.Detail == "" {
		t.Errorf("got %+v", f)
	}
}
