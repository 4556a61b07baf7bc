package main

import (
	"errors"
	"fmt"
	"log"
	"os"
	"path/filepath"
)

const page = "docs/licences.md"

// commands work in the repository's root.
var commands = map[string]func(args []string) error{
	"licences":  licences,
	"sbom":      sbom,
	"vulncheck": func(args []string) error { return vulncheck(os.Stdout, args) },
}

func main() {
	log.SetFlags(0)
	log.SetPrefix("supply: ")
	if len(os.Args) < 2 || commands[os.Args[1]] == nil {
		log.Fatal("usage: supply licences | sbom directory program … | vulncheck [-db url]")
	}
	if err := commands[os.Args[1]](os.Args[2:]); err != nil {
		log.Fatal(err)
	}
}

func licences([]string) error {
	modules, err := linked(".")
	if err != nil {
		return err
	}
	if err := check(modules); err != nil {
		return err
	}
	return os.WriteFile(page, []byte(render(modules)), 0o644)
}

func sbom(args []string) error {
	if len(args) < 2 {
		return errors.New("sbom: name the directory of the bills, and the programs")
	}
	modules, err := linked(".")
	if err != nil {
		return err
	}
	for _, program := range args[1:] {
		path, err := writeBill(args[0], program, modules)
		if err != nil {
			return err
		}
		n, err := holdBill(path, program)
		if err != nil {
			return err
		}
		fmt.Printf("%s: %d modules, those of %s\n", path, n, program)
	}
	return os.WriteFile(filepath.Join(args[0], "licences.txt"), []byte(notices(modules)), 0o644)
}
