package immuta

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
)

// Dictionary is the column list of a source (H).
type Dictionary struct {
	ID        Int          `json:"id"`
	SourceID  Lenient[Int] `json:"dataSource"`
	Types     dataTypes    `json:"types"`
	CreatedAt Text         `json:"createdAt"`
	UpdatedAt Text         `json:"updatedAt"`
	Columns   columns      `json:"metadata"`
}

func (d *Dictionary) lacks() string {
	switch {
	case d.ID == 0:
		return "holds no id"
	case d.Columns == nil:
		return "holds no columns"
	}
	return ""
}

// Birth is what no other dictionary has, as in [Source.Birth].
func (d *Dictionary) Birth() string { return birth(d.ID, d.CreatedAt, 0) }

// Names are the names of the columns, in Immuta's order.
func (d *Dictionary) Names() []string {
	names := make([]string, 0, len(d.Columns))
	for _, column := range d.Columns {
		names = append(names, column.Name())
	}
	return names
}

// columns keeps the first of several columns of one name: the name is what tells them apart, and a PUT that has one twice may be
// refused.
type columns []Column

func (c *columns) UnmarshalJSON(b []byte) error {
	err := json.Unmarshal(b, (*many[Column])(c))
	*c = distinct(*c, Column.Name)
	return err
}

// dataTypes are the distinct types of the columns.
type dataTypes []Text

func (t *dataTypes) UnmarshalJSON(b []byte) error {
	err := json.Unmarshal(b, (*texts)(t))
	*t = distinct(*t, func(one Text) Text { return one })
	return err
}

// Column is one column. All its keys are kept, so that those which this client does not know survive a read and a write:
// remoteColumn was once lost that way (H).
type Column struct{ keys Metadata }

// NewColumn returns a column of that name.
func NewColumn(name string) Column {
	c := Column{keys: Metadata{}}
	c.Set("name", name)
	return c
}

func (c *Column) UnmarshalJSON(b []byte) error {
	c.keys = nil
	if err := json.Unmarshal(b, &c.keys); err != nil {
		return err
	}
	if c.keys == nil {
		c.keys = Metadata{} // A null: what is set later needs a place.
	}
	return nil
}

func (c Column) MarshalJSON() ([]byte, error) { return json.Marshal(c.keys) }

// Name is what tells a column from the others of its dictionary.
func (c Column) Name() string { return c.keys.Text("name") }

// Text reads a key: dataType, remoteType, remoteColumn or description.
func (c Column) Text(key string) Lenient[string] { return Lookup[string](c.keys, key) }

// Nullable tells whether the column may hold nulls.
func (c Column) Nullable() Lenient[Bool] { return Lookup[Bool](c.keys, "nullable") }

// Tags are the column's tags.
func (c Column) Tags() []Tag { return Lookup[many[Tag]](c.keys, "tags").Get() }

// Set changes a key.
func (c Column) Set(key string, value any) { c.keys.Set(key, value) }

// Clone copies the column, so that it can be changed.
func (c Column) Clone() Column { return Column{keys: c.keys.Clone()} }

// Same tells whether two columns have the same keys with the same values.
func (c Column) Same(other Column) bool {
	return maps.EqualFunc(c.keys, other.keys, func(a, b json.RawMessage) bool { return SameJSON(a, b) })
}

func dictionaryPath(sourceID int64) string { return fmt.Sprintf("/dictionary/%d", sourceID) }

// Dictionary reads the dictionary of a source. [IsNotFound] means that the source or its dictionary does not exist.
func (c *Client) Dictionary(ctx context.Context, sourceID int64) (*Dictionary, error) {
	d, err := getOne[Dictionary](ctx, c, dictionaryPath(sourceID), nil)
	if err != nil {
		return nil, err
	}
	return d, d.isOf(http.MethodGet, sourceID)
}

func (d *Dictionary) isOf(method string, sourceID int64) error {
	return isAbout(method+" "+dictionaryPath(sourceID), "data source", sourceID, d.SourceID.Get())
}

// ChangeDictionary reads the columns of a dictionary, lets change decide what they should be and writes them as a whole,
// which is how the API takes them (H). It makes the dictionary if there is none, and writes nothing if nothing changes or if change
// returns an error. Two changes of one dictionary wait for each other.
func (c *Client) ChangeDictionary(ctx context.Context, sourceID int64, change func([]Column) ([]Column, error)) (*Dictionary, error) {
	defer c.locks.lock(dictionaryPath(sourceID))()
	current, err := c.Dictionary(ctx, sourceID)
	if IsNotFound(err) {
		wanted, refused := change(nil)
		if refused != nil {
			return nil, fmt.Errorf("%w: %w", err, refused)
		}
		current, err = c.writeDictionary(ctx, http.MethodPost, sourceID, wanted)
		if err == nil || !IsTaken(err) && !IsUncertain(err) {
			return current, err
		}
		// Somebody else made it, or the answer was lost: then it is there to be changed.
		created := err
		if current, err = c.Dictionary(ctx, sourceID); err != nil {
			return nil, created
		}
	}
	if err != nil {
		return nil, err
	}
	wanted, err := change(current.Columns)
	if err != nil {
		return nil, err
	}
	if sameColumns(current.Columns, wanted) {
		return current, nil
	}
	return c.writeDictionary(ctx, http.MethodPut, sourceID, wanted)
}

// writeDictionary sends {"metadata": [...]} and returns what the answer says was saved (H).
func (c *Client) writeDictionary(ctx context.Context, method string, sourceID int64, columns []Column) (*Dictionary, error) {
	if columns == nil {
		columns = []Column{}
	}
	var out one[Dictionary]
	r := request{method: method, path: dictionaryPath(sourceID), body: map[string]any{"metadata": columns}}
	if err := c.call(ctx, r, &out); err != nil {
		return nil, err
	}
	return &out.Value, out.Value.isOf(method, sourceID)
}

// DeleteDictionary deletes the dictionary of a source.
func (c *Client) DeleteDictionary(ctx context.Context, sourceID int64) error {
	return c.deleteOnce(ctx, sourceID, dictionaryPath(sourceID), func(ctx context.Context, _ error) error {
		_, err := c.Dictionary(ctx, sourceID)
		return err
	})
}

// SearchColumns lists names of columns that contain a text, over all dictionaries: at most limit of them, each once. That the rows are
// objects is a guess (L), so strings are taken too.
func (c *Client) SearchColumns(ctx context.Context, text string, limit int64) ([]string, error) {
	query := queryOf(struct {
		Text  string `url:"searchText,omitempty"`
		Limit int64  `url:"limit"`
	}{text, limit})
	rows, err := get[many[columnName]](ctx, c, "/dictionary/columns", query)
	if err != nil {
		return nil, err
	}
	names := make([]string, 0, len(rows))
	for _, row := range rows {
		names = append(names, string(row))
	}
	return distinct(names, func(name string) string { return name }), nil
}

type columnName string

func (n *columnName) UnmarshalJSON(b []byte) error {
	var row struct {
		Name Lenient[Text] `json:"columnName"`
	}
	if json.Unmarshal(b, &row) != nil {
		return json.Unmarshal(b, (*string)(n))
	}
	if row.Name.Value == nil {
		return errors.New("a row holds no columnName")
	}
	*n = columnName(*row.Name.Value)
	return nil
}

// sameColumns compares by name: the order of columns means nothing.
func sameColumns(a, b []Column) bool {
	return len(a) == len(b) && maps.EqualFunc(byName(a), byName(b), Column.Same)
}

func byName(columns []Column) map[string]Column {
	named := make(map[string]Column, len(columns))
	for _, column := range columns {
		named[column.Name()] = column
	}
	return named
}
