// Command client is an example of a program on the generated Go client. It signs
// an administrator in, adds an account, gives it a role and signs out:
//
//	export LATCHKEY_PASSWORD=…  # `latchkey up` prints the first admin's
//	go run ./examples/client -login admin -username ada -email ada@example.com -role editor
//
// LATCHKEY_URL and USERS_URL are where the two services are; by default where
// `latchkey up` puts them.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"os"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/latchkey-id/latchkey/client"
	"github.com/latchkey-id/latchkey/gen/authclient"
	"github.com/latchkey-id/latchkey/gen/sharedapi"
	"github.com/latchkey-id/latchkey/gen/usersclient"
)

// timeout bounds each request: http.DefaultClient has none.
const timeout = 10 * time.Second

// services are where the two services are.
type services struct{ auth, users string }

// wanted is the account to add.
type wanted struct{ username, email, role string }

func main() {
	login := flag.String("login", "admin", "who adds the account")
	var w wanted
	flag.StringVar(&w.username, "username", "", "of the new account")
	flag.StringVar(&w.email, "email", "", "of the new account")
	flag.StringVar(&w.role, "role", "editor", "of the new account; made where there is none")
	flag.Parse()
	at := services{
		auth:  orElse(os.Getenv("LATCHKEY_URL"), "http://127.0.0.1:8080"),
		users: orElse(os.Getenv("USERS_URL"), "http://127.0.0.1:8081"),
	}
	account, err := run(context.Background(), at, *login, os.Getenv("LATCHKEY_PASSWORD"), w)
	if err != nil {
		fmt.Fprintln(os.Stderr, "client:", explain(err))
		os.Exit(1)
	}
	fmt.Printf("%s is %s <%s>, with the roles %v\n", account.Id, account.Username, account.Email, account.Roles)
}

func run(ctx context.Context, at services, login, password string, w wanted) (account sharedapi.User, err error) {
	doer := &http.Client{Timeout: timeout}
	auth, err := authclient.NewClientWithResponses(at.auth, authclient.WithHTTPClient(doer))
	if err != nil {
		return account, err
	}
	session, err := signIn(ctx, auth, login, password)
	if err != nil {
		return account, err
	}
	defer func() { err = errors.Join(err, session.signOut(ctx)) }()
	users, err := usersclient.NewClientWithResponses(at.users, usersclient.WithHTTPClient(doer),
		usersclient.WithRequestEditorFn(client.Bearer(session.token)))
	if err != nil {
		return account, err
	}
	if account, err = add(ctx, users, w); err != nil {
		return account, err
	}
	return giveRole(ctx, users, account.Id, w.role)
}

// add makes the account. The key makes each further try safe: one that follows
// a lost answer gets that answer, and no second account.
func add(ctx context.Context, users *usersclient.ClientWithResponses, w wanted) (sharedapi.User, error) {
	key := uuid.NewString()
	made, err := again(ctx, func() (*usersclient.CreateUserResponse, error) {
		return users.CreateUserWithResponse(ctx, &usersclient.CreateUserParams{IdempotencyKey: &key},
			usersclient.NewUser{Username: w.username, Email: w.email})
	})
	if err != nil {
		return sharedapi.User{}, err
	}
	return *made.JSON201, nil
}

// giveRole adds a role to those that the account has. If-Match sees to it that
// nobody else's change in between is lost; then it reads and tries once more.
func giveRole(ctx context.Context, users *usersclient.ClientWithResponses, id uuid.UUID, role string) (sharedapi.User, error) {
	if _, err := client.Check(users.PutRoleWithResponse(ctx, role, usersclient.RoleBody{Description: "Made by examples/client."})); err != nil {
		return sharedapi.User{}, err
	}
	for try := 1; ; try++ {
		found, err := client.Check(users.GetUserWithResponse(ctx, id.String(), nil))
		if err != nil {
			return sharedapi.User{}, err
		}
		roles := found.JSON200.Roles
		if slices.Contains(roles, role) {
			return *found.JSON200, nil
		}
		changed, err := client.Check(users.UpdateUserWithResponse(ctx, id,
			&usersclient.UpdateUserParams{IfMatch: &found.Headers200.ETag}, usersclient.UserPatch{Roles: new(append(roles, role))}))
		if err == nil {
			return *changed.JSON200, nil
		}
		if adviceOn(codeOf(err)) != readAgain || try == tries {
			return sharedapi.User{}, err
		}
	}
}

func orElse(value, otherwise string) string {
	if value == "" {
		return otherwise
	}
	return value
}
