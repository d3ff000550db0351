package fake

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html"
	"mime/quotedprintable"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// Echoes is every form that a client can be expected to know, in a fixed order. The forms are pure functions, and their
// names are unique.
func Echoes() []Echo {
	return slices.Concat(quotedEchoes(), urlEchoes(), markupEchoes(), binaryEchoes(), cutEchoes(), fileEchoes())
}

// A spelling writes a secret in one way.
type spelling = func(string) string

// then spells what another spelling wrote.
func then(first, second spelling) spelling {
	return func(secret string) string { return second(first(secret)) }
}

// around puts something before and after a secret.
func around(before, after string) spelling {
	return func(secret string) string { return before + secret + after }
}

func quotedEchoes() []Echo {
	return []Echo{
		{"raw", around("", "")},
		{"double quotes", around(`"`, `"`)},
		{"single quotes", around("'", "'")},
		{"Go syntax", strconv.Quote},
		{"JSON", jsonText},
		{"JSON for HTML", func(secret string) string { return string(encode(secret)) }},
		{"JSON in ASCII", then(jsonText, escaping(isNotASCII, units(`\u%04x`)))},
		{"JSON, escaped slashes", then(jsonText, func(s string) string { return strings.ReplaceAll(s, "/", `\/`) })},
		{"JSON, lower-case escapes", then(escaping(isSpecial, units(`\u%04x`)), around(`"`, `"`))},
		{"JSON, upper-case escapes", then(escaping(isSpecial, units(`\u%04X`)), around(`"`, `"`))},
		{"JSON, nothing but escapes", then(escaping(isAny, units(`\u%04x`)), around(`"`, `"`))},
		{"JSON in JSON", then(then(jsonText, around(`{"password":`, `}`)), jsonText)},
		{"JSON for HTML in JSON", then(func(secret string) string { return string(encode(object{"password": secret})) }, jsonText)},
		{"lower-case Unicode escapes", escaping(isSpecial, units(`\u%04x`))},
		{"upper-case Unicode escapes", escaping(isSpecial, units(`\u%04X`))},
		{"byte escapes of a log", escaping(isSpecial, octets(`\x%02X`))},
	}
}

func urlEchoes() []Echo {
	component := then(url.QueryEscape, func(s string) string { return strings.ReplaceAll(s, "+", "%20") })
	lowerQuery := then(url.QueryEscape, lowerPercents)
	return []Echo{
		{"URL query", url.QueryEscape},
		{"URL query, lower-case", lowerQuery},
		{"URL path", url.PathEscape},
		{"URL path, lower-case", then(url.PathEscape, lowerPercents)},
		{"URL component", component},
		{"URL component, lower-case", then(component, lowerPercents)},
		{"URL query twice", then(url.QueryEscape, url.QueryEscape)},
		{"URL query twice, lower-case", then(lowerQuery, lowerQuery)},
		{"nothing but upper-case percents", escaping(isAny, octets("%%%02X"))},
		{"nothing but lower-case percents", escaping(isAny, octets("%%%02x"))},
		{"plus for space", func(secret string) string { return strings.ReplaceAll(secret, " ", "+") }},
	}
}

func markupEchoes() []Echo {
	return []Echo{
		{"HTML", html.EscapeString},
		{"XML", xmlEntities.Replace},
		{"HTML, named", escaping(isSpecial, namedEntity)},
		{"HTML, decimal", escaping(isSpecial, runes("&#%d;"))},
		{"HTML, zero-padded decimal", escaping(isSpecial, runes("&#%05d;"))},
		{"HTML, nothing but decimals", escaping(isAny, runes("&#%d;"))},
		{"HTML, lower-case hexadecimal", escaping(isSpecial, runes("&#x%x;"))},
		{"HTML, upper-case hexadecimal", escaping(isSpecial, runes("&#X%X;"))},
		{"HTML, mixed-case hexadecimal", escaping(isSpecial, runes("&#x%X;"))},
		{"HTML, zero-padded hexadecimal", escaping(isSpecial, runes("&#x%06x;"))},
		{"quoted-printable", quotedPrintable},
		{"quoted-printable, wrapped", func(secret string) string { return quotedPrintable(filler(76-len(secret)/2) + secret) }},
	}
}

func binaryEchoes() []Echo {
	in := func(encoding *base64.Encoding) spelling {
		return func(secret string) string { return encoding.EncodeToString([]byte(secret)) }
	}
	lowerHex := func(secret string) string { return hex.EncodeToString([]byte(secret)) }
	colons := func(digits string) string { return chunked(digits, 2, ":") }
	// How base64 cuts a secret up depends on what stands before it, modulo three bytes.
	basic := func(user string) spelling {
		return then(then(around(user+":", ""), in(base64.StdEncoding)), around("Basic ", ""))
	}
	return []Echo{
		{"base64", in(base64.StdEncoding)},
		{"base64 without padding", in(base64.RawStdEncoding)},
		{"base64 for URLs", in(base64.URLEncoding)},
		{"base64 for URLs without padding", in(base64.RawURLEncoding)},
		{"basic authentication, one byte on", basic("ada")},
		{"basic authentication, two bytes on", basic("user")},
		{"basic authentication, aligned", basic("admin")},
		{"base64, wrapped", wrappedBase64},
		{"hexadecimal", lowerHex},
		{"hexadecimal, upper-case", then(lowerHex, strings.ToUpper)},
		{"hexadecimal with 0x", then(lowerHex, around("0x", ""))},
		{"hexadecimal with colons", then(lowerHex, colons)},
		{"hexadecimal with colons, upper-case", then(then(lowerHex, strings.ToUpper), colons)},
	}
}

func cutEchoes() []Echo {
	broken := func(at string) spelling {
		return func(secret string) string { return quarters(0, 2)(secret) + at + quarters(2, 4)(secret) }
	}
	// Three quarters of a secret are enough to guess the rest.
	head, tail := quarters(0, 3), quarters(1, 4)
	return []Echo{
		{"wrapped", broken("\n")},
		{"wrapped and indented", broken("\n    ")},
		{"wrapped by CRLF", broken("\r\n")},
		{"cut off by an ellipsis", then(head, around("", "…"))},
		{"cut off by dots", then(head, around("", "..."))},
		{"cut off by the end", head},
		{"begun late after an ellipsis", then(tail, around("…", ""))},
		{"begun late after dots", then(tail, around("...", ""))},
		{"begun late", tail},
	}
}

// fileEchoes are for secrets that are base64 themselves; of others, they quote the secret.
func fileEchoes() []Echo {
	return []Echo{
		{"decoded", content},
		{"decoded, as JSON", then(content, jsonText)},
		{"decoded, line by line", then(content, func(text string) string {
			numbered := []string{}
			for i, line := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
				numbered = append(numbered, fmt.Sprintf("line %d: %s", i+1, strings.TrimSuffix(line, "\r")))
			}
			return strings.Join(numbered, "\n")
		})},
		{"decoded, in one line", then(content, func(text string) string { return strings.Join(strings.Fields(text), " ") })},
	}
}

// content is the text that a secret holds as base64, or the secret.
func content(secret string) string {
	decoded, err := base64.StdEncoding.DecodeString(secret)
	if err != nil || !utf8.Valid(decoded) {
		return secret
	}
	return string(decoded)
}

// jsonText is a JSON string that escapes no more than it must.
func jsonText(secret string) string {
	var written bytes.Buffer
	encoder := json.NewEncoder(&written)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(secret); err != nil {
		panic("fake: a text is not JSON: " + err.Error())
	}
	return strings.TrimSuffix(written.String(), "\n")
}

// escaping writes the characters that are chosen in another way.
func escaping(chosen func(rune) bool, write func(rune) string) spelling {
	return func(secret string) string {
		var written strings.Builder
		for _, r := range secret {
			if chosen(r) {
				written.WriteString(write(r))
			} else {
				written.WriteRune(r)
			}
		}
		return written.String()
	}
}

func isAny(rune) bool { return true }

func isNotASCII(r rune) bool { return r >= utf8.RuneSelf }

// isSpecial says whether a character is something else than an ASCII letter or digit.
func isSpecial(r rune) bool {
	return (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
}

// runes, units and octets write a character by its code point, by its UTF-16 and by its UTF-8.
func runes(format string) func(rune) string {
	return func(r rune) string { return fmt.Sprintf(format, r) }
}

func units(format string) func(rune) string {
	return func(r rune) string { return formatEach(format, utf16.Encode([]rune{r})) }
}

func octets(format string) func(rune) string {
	return func(r rune) string { return formatEach(format, []byte(string(r))) }
}

func formatEach[N byte | uint16](format string, numbers []N) string {
	var written strings.Builder
	for _, n := range numbers {
		fmt.Fprintf(&written, format, n)
	}
	return written.String()
}

var percents = regexp.MustCompile(`%[0-9A-F]{2}`)

// lowerPercents writes the digits of every %2F in lower case.
func lowerPercents(escaped string) string {
	return percents.ReplaceAllStringFunc(escaped, strings.ToLower)
}

var xmlEntities = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "'", "&apos;")

// entityNames are what HTML calls the characters that passwords are made of.
var entityNames = map[rune]string{
	'&': "amp", '<': "lt", '>': "gt", '"': "quot", '\'': "apos", '/': "sol", '\\': "bsol", '+': "plus", '=': "equals",
	'!': "excl", '#': "num", '$': "dollar", '%': "percnt", '@': "commat", '*': "ast", '?': "quest", '_': "lowbar",
	':': "colon", ';': "semi", ',': "comma", '.': "period", '(': "lpar", ')': "rpar", '[': "lsqb", ']': "rsqb",
	'{': "lcub", '}': "rcub", '|': "vert", '^': "Hat", '`': "grave", 'é': "eacute", '\n': "NewLine",
}

func namedEntity(r rune) string {
	if name, ok := entityNames[r]; ok {
		return "&" + name + ";"
	}
	return string(r)
}

func quotedPrintable(text string) string {
	var written bytes.Buffer
	writer := quotedprintable.NewWriter(&written)
	// A buffer takes everything.
	_, _ = writer.Write([]byte(text))
	_ = writer.Close()
	return written.String()
}

// wrappedBase64 has 76 columns, and words before the secret so that a line ends in the middle of it.
func wrappedBase64(secret string) string {
	const columns, octetsPerLine = 76, 57
	encoded := base64.StdEncoding.EncodeToString([]byte(filler(octetsPerLine-len(secret)/2) + secret))
	return chunked(encoded, columns, "\r\n")
}

// chunked puts a separator after every so many characters.
func chunked(text string, size int, separator string) string {
	return string(bytes.Join(slices.Collect(slices.Chunk([]byte(text), size)), []byte(separator)))
}

// filler is the end of some prose, of that many characters; none when that is negative.
func filler(length int) string {
	prose := strings.Repeat("Nobody may do this. ", 4)
	return prose[len(prose)-max(length, 0):]
}

// quarters cuts a text out of a longer one.
func quarters(from, to int) spelling {
	return func(text string) string {
		characters := []rune(text)
		return string(characters[len(characters)*from/4 : len(characters)*to/4])
	}
}
