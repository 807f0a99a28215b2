// Command yardstick writes the log on which speed and memory are measured,
// and the inventory that goes with it.
//
//	go run ./scripts/yardstick -lines 5500000 [-clients N] -o FILE [-inventory FILE]
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"

	"github.com/logrecount/recount/internal/yardstick"
)

func main() {
	var opt yardstick.Options
	flag.Int64Var(&opt.Lines, "lines", 5_500_000, "number of lines; clients and recordings scale along")
	flag.Uint64Var(&opt.Seed, "seed", 1177, "another seed gives another log")
	flag.Int64Var(&opt.Clients, "clients", 0, "number of clients, every one of which asks for a recording; 0: as many as fit the lines")
	log := flag.String("o", "", "write the log to `FILE` (needed)")
	inventory := flag.String("inventory", "", "write the inventory to `FILE`")
	flag.Parse()
	if *log == "" || opt.Lines < 1 || flag.NArg() > 0 {
		flag.Usage()
		os.Exit(2)
	}
	if err := run(opt, *log, *inventory); err != nil {
		fmt.Fprintln(os.Stderr, "yardstick:", err)
		os.Exit(1)
	}
}

func run(opt yardstick.Options, log, inventory string) error {
	if inventory != "" {
		err := toFile(inventory, func(w io.Writer) error { return yardstick.WriteInventory(w, opt) })
		if err != nil {
			return err
		}
	}
	return toFile(log, func(w io.Writer) error {
		s, err := yardstick.WriteLog(w, opt)
		if err != nil {
			return err
		}
		fmt.Printf("%d lines, %d bytes, %d clients, %d recordings asked for in %d lines, %d damaged lines\n",
			s.Lines, s.Bytes, s.Clients, s.Recordings, s.OnRecords, s.Damaged)
		return nil
	})
}

func toFile(name string, write func(io.Writer) error) error {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	return errors.Join(write(f), f.Close())
}
