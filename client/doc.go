// Package client is for programs in Go that call latchkey's services. The calls
// themselves are generated: gen/authclient and gen/usersclient, a method per
// operation. This package turns an answer that says no into an *Error, and shows
// tokens:
//
//	users, err := usersclient.NewClientWithResponses(url, usersclient.WithRequestEditorFn(client.Bearer(token)))
//	…
//	found, err := client.Check(users.GetUserWithResponse(ctx, "ada", nil))
//	var refusal *client.Error
//	if errors.As(err, &refusal) && refusal.Code == sharedapi.ProblemCodeNotFound {
//		…
//	}
//
// Nothing is tried again behind the caller's back: Error.RetryAfter says when
// another try makes sense, and examples/client has the loop.
package client
