package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"text/tabwriter"

	"github.com/latchkey-id/latchkey/internal/vectors"
)

// runVectors puts all vectors of a folder to token.Verifier.
func (v *keysVerifyTokenCommand) runVectors(ctx context.Context) error {
	file, err := vectors.Read(v.Vectors)
	if err != nil {
		return err
	}
	keys, err := file.Keys(v.Vectors)
	if err != nil {
		return err
	}
	outcomes, err := file.Run(ctx, keys)
	if err != nil {
		return err
	}
	for _, o := range outcomes {
		v.refused = v.refused || !o.Right()
	}
	if v.JSON {
		return writeOutcomeLines(os.Stdout, outcomes)
	}
	return writeOutcomeTable(os.Stdout, outcomes)
}

func writeOutcomeLines(to io.Writer, outcomes []vectors.Outcome) error {
	encoder := json.NewEncoder(to)
	for _, o := range outcomes {
		err := encoder.Encode(struct {
			Name   string         `json:"name"`
			Layer  vectors.Layer  `json:"layer"`
			Want   bool           `json:"want"`
			Valid  bool           `json:"valid"`
			Right  bool           `json:"right"`
			Due    vectors.Reason `json:"due"` // the vector's reason
			Reason string         `json:"reason,omitempty"`
		}{o.Vector.Name, o.Vector.Layer, o.Vector.Valid, o.Valid, o.Right(), o.Vector.Reason, o.Reason})
		if err != nil {
			return err
		}
	}
	return nil
}

func writeOutcomeTable(to io.Writer, outcomes []vectors.Outcome) error {
	table := tabwriter.NewWriter(to, 0, 0, 2, ' ', 0)
	verdict := map[bool]string{true: "valid", false: "not valid"}
	wrong := 0
	fmt.Fprintln(table, "VECTOR\tLAYER\tVERDICT\tRIGHT\tREASON")
	for _, o := range outcomes {
		right := "yes"
		if !o.Right() {
			right = "NO"
			wrong++
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", o.Vector.Name, o.Vector.Layer, verdict[o.Valid], right, o.Reason)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(to, "%d vectors, %d verdicts wrong\n", len(outcomes), wrong)
	return err
}
