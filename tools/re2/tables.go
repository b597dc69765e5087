// Command tables writes the tables of Unicode that the matcher of kpy/syntax/re2 reads, as the Go it runs with has them:
//
//	go run tools/re2/tables.go > kpy/syntax/re2/unicode.txt
//
// A line is a name and its ranges, in hexadecimal: categories by their two letters, scripts, the long names of
// categories, and the orbits of characters that differ in their case alone.
package main

import (
	"bufio"
	"fmt"
	"os"
	"sort"
	"unicode"
)

func main() {
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	fmt.Fprintln(out, "version", unicode.Version)
	for _, name := range sortedNames(unicode.Categories) {
		if len(name) == 2 && name != "LC" {
			writeTable(out, name, unicode.Categories[name])
		}
	}
	for _, name := range sortedNames(unicode.Scripts) {
		writeTable(out, name, unicode.Scripts[name])
	}
	for _, name := range sortedNames(unicode.CategoryAliases) {
		fmt.Fprintf(out, "=%s %s\n", name, unicode.CategoryAliases[name])
	}
	writeOrbits(out)
}

func sortedNames[V any](table map[string]V) []string {
	names := make([]string, 0, len(table))
	for name := range table {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

func writeTable(out *bufio.Writer, name string, table *unicode.RangeTable) {
	fmt.Fprint(out, name)
	start := rune(-1)
	for r := rune(0); r <= unicode.MaxRune+1; r++ {
		within := r <= unicode.MaxRune && unicode.Is(table, r)
		if within && start < 0 {
			start = r
		}
		if !within && start >= 0 {
			if start == r-1 {
				fmt.Fprintf(out, " %x", start)
			} else {
				fmt.Fprintf(out, " %x-%x", start, r-1)
			}
			start = -1
		}
	}
	fmt.Fprintln(out)
}

func writeOrbits(out *bufio.Writer) {
	fmt.Fprint(out, "~")
	for r := rune(0); r <= unicode.MaxRune; r++ {
		orbit := []rune{r}
		for next := unicode.SimpleFold(r); next != r; next = unicode.SimpleFold(next) {
			orbit = append(orbit, next)
		}
		least := true
		for _, other := range orbit {
			least = least && r <= other
		}
		if len(orbit) == 1 || !least {
			continue
		}
		fmt.Fprintf(out, " %x", r)
		for _, other := range orbit[1:] {
			fmt.Fprintf(out, "-%x", other)
		}
	}
	fmt.Fprintln(out)
}
