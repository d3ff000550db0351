package immuta

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta/fake"
)

const (
	symbols  = `p@ss/w+rd "x"&<y>`
	unicoded = "Пароль-für-Ёлки-密码🔑!"
)

// randomText is some text that never changes, of letters that mean nothing.
func randomText(name string, size int) string {
	var b strings.Builder
	for i := 0; b.Len() < size; i++ {
		sum := sha256.Sum256(fmt.Appendf(nil, "%s %d", name, i))
		b.WriteString(strings.NewReplacer("+", "", "/", "", "=", "").Replace(base64.StdEncoding.EncodeToString(sum[:])))
	}
	return b.String()[:size]
}

// wrap breaks a text into lines of so many characters, joined by sep.
func wrap(text string, size int, sep string) string {
	var lines []string
	for line := range slices.Chunk([]rune(text), size) {
		lines = append(lines, string(line))
	}
	return strings.Join(lines, sep)
}

func pemKey(size int) string {
	body := base64.StdEncoding.EncodeToString([]byte(randomText("key", size)))
	return "-----BEGIN PRIVATE KEY-----\n" + wrap(body, 64, "\n") + "\n-----END PRIVATE KEY-----\n"
}

func eachRune(text, format string) string {
	var b strings.Builder
	for _, r := range text {
		fmt.Fprintf(&b, format, r)
	}
	return b.String()
}

func eachByte(text, format string) string {
	var b strings.Builder
	for _, c := range []byte(text) {
		fmt.Fprintf(&b, format, c)
	}
	return b.String()
}

// spellings are the ways in which a message may quote a secret: those of the fake tenant, some that spell or break all of it,
// and some of one in another.
func spellings() map[string]func(string) string {
	all := map[string]func(string) string{
		"hexadecimal with spaces":    func(s string) string { return eachByte(s, "%02x ") },
		"hexadecimal, each with 0x":  func(s string) string { return eachByte(s, "0x%02x, ") },
		"Go, nothing but escapes":    func(s string) string { return eachByte(s, `\x%02x`) },
		"broken up":                  func(s string) string { return wrap(s, 5, "\n") },
		"broken up and indented":     func(s string) string { return wrap(s, 3, "\r\n\t    ") },
		"broken up by soft breaks":   func(s string) string { return wrap(s, 4, "=\r\n") },
		"twice in a row":             func(s string) string { return s + s },
		"cut off at some byte":       func(s string) string { return s[:len(s)*3/4] + "…" },
		"begun late at some byte":    func(s string) string { return "…" + s[len(s)/4:] },
		"cut off at both ends":       func(s string) string { return s[len(s)/6 : len(s)*5/6] },
		"HTML, nothing but hex":      func(s string) string { return eachRune(s, "&#x%x;") },
		"HTML, padded decimals only": func(s string) string { return eachRune(s, "&#%09d;") },
		"HTML, upper-case names": strings.NewReplacer(
			"&", "&AMP;", "<", "&LT;", ">", "&GT;", `"`, "&QUOT;", "/", "&sol;", "@", "&commat;").Replace,
	}
	for _, echo := range fake.Echoes() {
		all[echo.Name] = echo.Form
	}
	for outer, inners := range map[string][]string{
		"JSON":                     {"JSON", "JSON, nothing but escapes", "URL query", "HTML", "broken up and indented", "base64, wrapped"},
		"URL query":                {"JSON", "base64"},
		"URL path":                 {"URL path"},
		"HTML":                     {"HTML"},
		"base64":                   {"JSON"},
		"broken up":                {"URL query", "base64", "hexadecimal"},
		"broken up by soft breaks": {"base64"},
		"cut off by the end":       {"JSON", "URL query", "base64"},
		"begun late":               {"hexadecimal"},
	} {
		for _, inner := range inners {
			all[outer+" of "+inner] = func(s string) string { return all[outer](all[inner](s)) }
		}
	}
	return all
}

// isFragment tells whether a spelling leaves some of the secret out.
func isFragment(spelling string) bool {
	return strings.Contains(spelling, "cut off") || strings.Contains(spelling, "begun late")
}

var (
	checkSpace   = regexp.MustCompile(`=\r?\n|\s+`)
	checkPercent = regexp.MustCompile(`%[0-9a-fA-F]{2}`)
	checkUnicode = regexp.MustCompile(`(?:\\u[0-9a-fA-F]{4})+`)
	checkSlash   = regexp.MustCompile(`\\(x[0-9a-fA-F]{2}|.)`)
	checkBase64  = regexp.MustCompile(`[A-Za-z0-9+/_-]{6,}`)
	checkHex     = regexp.MustCompile(`(?i)(?:(?:0x)?[0-9a-f]{2}[:, ]*){4,}`)
)

// readings is whatever can be read out of a text by undoing escapes and encodings, in other ways than the mask does.
func readings(text string) []string {
	seen := map[string]bool{}
	queue := []string{text}
	for len(queue) > 0 && len(seen) < 400 {
		t := queue[0]
		queue = queue[1:]
		if seen[t] {
			continue
		}
		seen[t] = true
		queue = append(queue,
			checkSpace.ReplaceAllString(t, ""),
			html.UnescapeString(t),
			checkPercent.ReplaceAllStringFunc(t, func(e string) string { s, _ := url.PathUnescape(e); return s }),
			strings.ReplaceAll(t, "+", " "),
			checkUnicode.ReplaceAllStringFunc(t, func(e string) string {
				var s string
				_ = json.Unmarshal([]byte(`"`+e+`"`), &s)
				return s
			}),
			checkSlash.ReplaceAllStringFunc(t, func(e string) string {
				s, err := strconv.Unquote(`"` + e + `"`)
				if err != nil {
					return e[1:]
				}
				return s
			}))
	}
	all := slices.Collect(maps.Keys(seen))
	for t := range seen {
		for _, run := range checkBase64.FindAllString(strings.NewReplacer("-", "+", "_", "/").Replace(t), -1) {
			for from := range min(4, len(run)) {
				decoded, err := base64.StdEncoding.DecodeString(run[from : from+(len(run)-from)/4*4])
				if err == nil {
					all = append(all, string(decoded))
				}
			}
		}
		for _, run := range checkHex.FindAllString(t, -1) {
			digits := strings.NewReplacer("0x", "", ":", "", ",", "", " ", "").Replace(run)
			for from := range 2 {
				decoded, _ := hex.DecodeString(digits[from:])
				all = append(all, string(decoded))
			}
		}
	}
	return all
}

// packed is a text without white space, and without what may stand for it or be left over of it.
func packed(text string) string {
	return strings.NewReplacer("+", "", "=", "").Replace(strings.Join(strings.Fields(text), ""))
}

// leaked is a part of a secret that can be read out of a text: eight characters in a row, or all of a shorter secret.
func leaked(text string, secrets ...string) string {
	parts, sizes := map[string]bool{}, map[int]bool{}
	for _, secret := range secrets {
		runes := []rune(packed(secret))
		size := min(8, len(runes))
		sizes[size] = true
		for i := range len(runes) - size + 1 {
			part := string(runes[i : i+size])
			parts[part] = !strings.Contains("-----BEGINPRIVATEKEY----------ENDPRIVATEKEY-----", part)
		}
	}
	for _, reading := range readings(text) {
		reading = packed(reading)
		var starts []int
		for i := range reading + "." {
			starts = append(starts, i)
		}
		for size := range sizes {
			for i := range max(0, len(starts)-size) {
				if part := reading[starts[i]:starts[i+size]]; parts[part] {
					return part
				}
			}
		}
	}
	return ""
}

func TestSecretsMask(t *testing.T) {
	t.Parallel()
	const before, after = "Error: the handler rejected value «", "» of attribute sqlPassword; ask your administrator."
	pem := pemKey(900)
	body := strings.Split(pem, "\n")[3]
	tests := map[string]struct {
		add, text string
		whole     bool // fragments do not count
	}{
		"password":          {add: symbols, text: symbols},
		"API key":           {add: randomText("api", 40), text: randomText("api", 40)},
		"PEM":               {add: base64.StdEncoding.EncodeToString([]byte(pem)), text: pem},
		"PEM, sent":         {add: base64.StdEncoding.EncodeToString([]byte(pem)), text: base64.StdEncoding.EncodeToString([]byte(pem))},
		"PEM, a line":       {add: base64.StdEncoding.EncodeToString([]byte(pem)), text: body},
		"PEM, for URLs":     {add: base64.RawURLEncoding.EncodeToString([]byte(pem)), text: pem},
		"characters":        {add: unicoded, text: unicoded},
		"short":             {add: "hunt3r", text: "hunt3r", whole: true},
		"short, characters": {add: "ключ№7", text: "ключ№7", whole: true},
		"eight":             {add: "S3cr3t/x", text: "S3cr3t/x", whole: true},
		"looks escaped":     {add: `a%41\u0042&lt;\n%%c0de=`, text: `a%41\u0042&lt;\n%%c0de=`, whole: true},
	}
	for name, test := range tests {
		InParallel(t, name, func(t *testing.T) {
			var s secrets
			s.add("unrelated-"+randomText("other", 30), test.add)
			for form, spell := range spellings() {
				if test.whole && isFragment(form) || test.text != test.add && strings.HasPrefix(form, "decoded") {
					continue
				}
				text := before + spell(test.text) + after
				got := s.mask(text)
				if part := leaked(got, test.text); part != "" {
					t.Errorf("%s: %q can be read in %q", form, part, got)
				}
				if !strings.HasPrefix(got, before) || !strings.HasSuffix(got, after) || !strings.Contains(got, masked) {
					t.Errorf("%s: %q, made of %q", form, got, text)
				}
				if again := s.mask(got); again != got {
					t.Errorf("%s: %q becomes %q", form, got, again)
				}
				if utf8.ValidString(text) && !utf8.ValidString(got) {
					t.Errorf("%s: %q is not valid", form, got)
				}
			}
		})
	}
}

func TestSecretsMaskExactly(t *testing.T) {
	t.Parallel()
	key := randomText("api", 40)
	long := randomText("long", 8000)
	pem := pemKey(900)
	tests := map[string]struct {
		secrets    []string
		text, want string
	}{
		"no secrets":                 {nil, "password " + key, "password " + key},
		"empty secret":               {[]string{"", " \n"}, "a b", "a b"},
		"no text":                    {[]string{key}, "", ""},
		"another text":               {[]string{key, symbols}, "pass the salt & pepper <please>", "pass the salt & pepper <please>"},
		"several":                    {[]string{key, symbols}, key + " and " + symbols + ".", "*** and ***."},
		"a secret in another":        {[]string{"hunter2", "hunter2-and-more"}, "hunter2-and-more, hunter2", "***, ***"},
		"secrets that overlap":       {[]string{"abcdefghij", "ghijklmnop"}, "(abcdefghijklmnop)", "(***)"},
		"a fragment":                 {[]string{key}, "got " + key[5:22] + "?", "got ***?"},
		"too small a fragment":       {[]string{key}, "got " + key[5:20] + "?", "got " + key[5:20] + "?"},
		"a fragment of eight":        {[]string{"S3cr3t/x"}, "got cr3t/x", "got ***"},
		"a fragment of seven":        {[]string{"S3cr3tx"}, "got S3cr3t", "got S3cr3t"},
		"a fragment of a long one":   {[]string{long}, "got " + long[3001:3041] + "?", "got ***?"},
		"between other letters":      {[]string{"hunter2"}, "xhunter2x", "x***x"},
		"separate words":             {[]string{"themis"}, "the mission", "the mission"},
		"words of a short secret":    {[]string{"it is ok"}, "(it+is%20ok)", "(***)"},
		"a short secret, wrapped":    {[]string{"hunter2"}, "(hunt\n  er2)", "(***)"},
		"three characters":           {[]string{"abc"}, `abc xabc abc1 "abc" ABC %22abc%22 éabc`, `*** xabc abc1 "***" ABC %22***%22 éabc`},
		"one letter":                 {[]string{"e"}, "the secret e, e.g. \\u0065 and caf\\u00e9", "the secret ***, ***.g. *** and caf\\u00e9"},
		"two characters and a space": {[]string{"a b"}, "(a b) ab (a%20b)", "(***) ab (***)"},
		"one letter of an escape":    {[]string{"n"}, `a\nb, n`, `a\nb, ***`},
		"a plus sign":                {[]string{"+"}, "1 + 1", "1 *** 1"},
		"only fillers":               {[]string{"++=++=++"}, "(++=++=++) a + b = c", "(***) a + b = c"},
		"an escape cut":              {[]string{`abcdefg\`}, `abcdefg\nh`, `***h`},
		"a character cut":            {[]string{"Пароль-для-Ёлки-и-снега"}, "«для-Ёлки-и-с…", "«***…"},
		"half a surrogate":           {[]string{"password\ufffd"}, `password\ud83d!`, `***!`},
		"header of a key":            {[]string{pem}, "no -----BEGIN PRIVATE KEY----- found", "no -----BEGIN PRIVATE KEY----- found"},
		"headers of keys": {
			[]string{pem + pem}, "-----END PRIVATE KEY-----\n-----BEGIN PRIVATE KEY-----", "-----END PRIVATE KEY-----\n-----BEGIN PRIVATE KEY-----",
		},
		"a line of a text":      {[]string{"user: me\npassword: swordfish\n"}, "password: swordfish", "***"},
		"what looks like PEM":   {[]string{"-----BEGIN ----- " + key}, key, "***"},
		"content":               {[]string{"aHVu dGVyMg=="}, "hunter2", "***"},
		"the mask":              {[]string{masked}, "a ***", "a ***"},
		"a secret with a mask":  {[]string{"pass***word", "hunter2"}, "passhunter2word", "***"},
		"a letter after a mask": {[]string{"x", "hunter2"}, "hunter2x", "******"},
		"asterisks":             {[]string{"*"}, "**** *", "*** ***"},
		"broken escapes": {
			[]string{key}, `% %4 \ \u \u12 &#; &#x; &amp =3 =C3 ` + key + `\u00`, `% %4 \ \u \u12 &#; &#x; &amp =3 =C3 ***\u00`,
		},
		"broken UTF-8": {[]string{key}, "\xff\xfe " + key + "\x80", "\xff\xfe ***"},
	}
	for name, test := range tests {
		InParallel(t, name, func(t *testing.T) {
			var s secrets
			s.add(test.secrets...)
			got := s.mask(test.text)
			if got != test.want {
				t.Errorf("%q", got)
			}
			if again := s.mask(got); again != got {
				t.Errorf("%q becomes %q", got, again)
			}
			slices.Reverse(test.secrets)
			var reversed secrets
			for _, secret := range test.secrets {
				reversed.add(secret)
			}
			if again := reversed.mask(test.text); again != got {
				t.Errorf("%q, in the other order %q", got, again)
			}
		})
	}
}

// TestSecretsMaskByCharacters cuts off what takes most of a secret's bytes and few of its characters.
func TestSecretsMaskByCharacters(t *testing.T) {
	t.Parallel()
	var s secrets
	s.add("tr0ub4dor😀😀😀")
	if got, want := s.mask("the value tr0ub4dor… is wrong"), "the value "+masked+"… is wrong"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestSecretsAddAgain(t *testing.T) { // Not parallel, as it counts allocations.
	var s secrets
	texts := []string{randomText("api", 40), pemKey(900), symbols}
	s.add(texts...)
	known, windows := len(s.known), len(s.windows)
	if n := testing.AllocsPerRun(10, func() { s.add(texts...) }); n > 0 {
		t.Errorf("%v allocations", n)
	}
	if len(s.known) != known || len(s.windows) != windows {
		t.Error("the secrets grew")
	}
}

// Texts that need the most work of what is done for each byte take no more than in proportion to their size.
func TestSecretsHostile(t *testing.T) {
	t.Parallel()
	var s secrets
	s.add(strings.Repeat("a", 8000), strings.Repeat("%41", 100), "a b c", "aaaaa", "&", `\\\\\\\\\\\\`, strings.Repeat("Ab", 20))
	for _, part := range []string{
		"a", "a ", "Ab", "%25", "%", `\`, `\\u0025`, "&amp;", "&", "&#", "&#0", "&#x0;", "=", "=C3", "=\n", "+", "0x", "YWFh", "61", " ",
		"\xff", "\xf0\x9f", "{[",
	} {
		text := strings.Repeat(part, 300_000/len(part))
		got := s.mask(text)
		if again := s.mask(got); again != got {
			t.Errorf("%q: %d bytes become %d", part, len(got), len(again))
		}
		if utf8.ValidString(text) && !utf8.ValidString(got) {
			t.Errorf("%q: not valid", part)
		}
	}
}

func TestSecretsAtOnce(t *testing.T) {
	t.Parallel()
	var s secrets
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for j := range 50 {
				secret := randomText(fmt.Sprint(i, j), 40)
				s.add(secret, "shared by all of them")
				if got := s.mask("not " + secret); got != "not ***" {
					t.Errorf("%q", got)
				}
			}
		})
	}
	wg.Wait()
	for i := range 8 {
		if got := s.mask(randomText(fmt.Sprint(i, 7), 40)); got != masked {
			t.Errorf("%q", got)
		}
	}
}

func FuzzMask(f *testing.F) {
	spellings := spellings()
	names := slices.Sorted(maps.Keys(spellings))
	for i, secret := range []string{
		symbols, unicoded, "hunter2", "abc", "e", "****", `\u0041%42`, "a&lt;b=3Dc", strings.Repeat("ab", 200), "\xff\xfe\xfd\xfc",
	} {
		f.Add(secret, uint(i*7), "the value ", " was refused: %41 &amp; \\n YWJj 616263")
	}
	f.Fuzz(func(t *testing.T, secret string, form uint, before, after string) {
		var s secrets
		s.add(secret, "another-secret")
		name := names[form%uint(len(names))]
		text := before + spellings[name](secret) + after
		got := s.mask(text)
		if again := s.mask(got); again != got {
			t.Fatalf("%q becomes %q", got, again)
		}
		if utf8.ValidString(text) && !utf8.ValidString(got) {
			t.Fatalf("%q is not valid", got)
		}
		// A shorter one may be part of a word, and what is no text is not the same after JSON.
		trimmed := strings.TrimSpace(secret)
		if utf8.RuneCountInString(packed(secret)) < leastAnywhere {
			return
		}
		for _, spelling := range []string{
			trimmed, url.QueryEscape(trimmed), url.PathEscape(trimmed), hex.EncodeToString([]byte(trimmed)), spellings["JSON"](trimmed),
			base64.RawStdEncoding.EncodeToString([]byte(trimmed)), html.EscapeString(trimmed),
		} {
			if utf8.ValidString(secret) && !strings.Contains(masked, spelling) && strings.Contains(got, spelling) {
				t.Fatalf("%s: %q is in %q, made of %q", name, spelling, got, text)
			}
		}
	})
}

func BenchmarkMask(b *testing.B) {
	var s secrets
	for i := range 1000 {
		s.add(randomText(fmt.Sprint(i), 40))
	}
	row := `{"id":57,"name":"Public \"Customers\"","description":"Everyone's <b>\nby region","url":"https://x.example.com/a?b=c%20d"},`
	for name, text := range map[string]string{
		"error of 2 KB":       strings.Repeat(row, (2<<10)/len(row)),
		"body of 1 MB":        strings.Repeat(row, (1<<20)/len(row)),
		"body with a secrets": strings.Repeat(row, (1<<20)/len(row)) + randomText("7", 40),
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				s.mask(text)
			}
		})
	}
}
