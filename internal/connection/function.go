// Package connection reads and writes connection strings: how Immuta writes, without secrets, which user of which server a data source
// is reached by. Sources are found, and their connections changed, by them.
package connection

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

var (
	_ function.Function = write{}
	_ function.Function = read{}
)

// parts are what a connection string is made of.
type parts struct {
	Username string `tfsdk:"username"`
	Hostname string `tfsdk:"hostname"`
	Port     int64  `tfsdk:"port"`
	Database string `tfsdk:"database"`
}

var partTypes = map[string]attr.Type{
	"username": types.StringType, "hostname": types.StringType, "port": types.Int64Type, "database": types.StringType,
}

type write struct{}

// NewConnectionString is the function connection_string.
func NewConnectionString() function.Function { return write{} }

func (write) Metadata(_ context.Context, _ function.MetadataRequest, resp *function.MetadataResponse) {
	resp.Name = "connection_string"
}

func (write) Definition(_ context.Context, _ function.DefinitionRequest, resp *function.DefinitionResponse) {
	resp.Definition = function.Definition{
		Summary: "Write a connection string",
		MarkdownDescription: "Writes a connection the way Immuta does: `user@host:port/database`. Data sources are found by it " +
			"(`connection_string` of `immuta_data_sources`). It contains no secret.",
		Parameters: []function.Parameter{
			function.StringParameter{Name: "username", MarkdownDescription: "User that Immuta connects as; `\"\"` where there is none."},
			function.StringParameter{Name: "hostname", MarkdownDescription: "Host name of the server."},
			function.Int64Parameter{Name: "port", MarkdownDescription: "TCP port of the server, from 1 to 65535."},
			function.StringParameter{Name: "database", MarkdownDescription: "Database, or catalog in Trino."},
		},
		Return: function.StringReturn{},
	}
}

func (write) Run(ctx context.Context, req function.RunRequest, resp *function.RunResponse) {
	var p parts
	if resp.Error = req.Arguments.Get(ctx, &p.Username, &p.Hostname, &p.Port, &p.Database); resp.Error != nil {
		return
	}
	switch {
	case p.Hostname == "" || strings.ContainsAny(p.Hostname, "@/"):
		resp.Error = function.NewArgumentFuncError(1, fmt.Sprintf("%q is no host name.", p.Hostname))
	case p.Port < 1 || p.Port > 65535:
		resp.Error = function.NewArgumentFuncError(2, fmt.Sprintf("%d is no TCP port: it must be between 1 and 65535.", p.Port))
	default:
		resp.Error = resp.Result.Set(ctx, p.String())
	}
}

type read struct{}

// NewParseConnectionString is the function parse_connection_string.
func NewParseConnectionString() function.Function { return read{} }

func (read) Metadata(_ context.Context, _ function.MetadataRequest, resp *function.MetadataResponse) {
	resp.Name = "parse_connection_string"
}

func (read) Definition(_ context.Context, _ function.DefinitionRequest, resp *function.DefinitionResponse) {
	resp.Definition = function.Definition{
		Summary: "Take a connection string apart",
		MarkdownDescription: "Takes a connection string of Immuta's (`user@host:port/database`) apart, into an object with `username`, " +
			"`hostname`, `port` (a number) and `database`. It is the reverse of `connection_string`.",
		Parameters: []function.Parameter{
			function.StringParameter{Name: "connection_string", MarkdownDescription: "The connection string, as Immuta returns it."},
		},
		Return: function.ObjectReturn{AttributeTypes: partTypes},
	}
}

func (read) Run(ctx context.Context, req function.RunRequest, resp *function.RunResponse) {
	var text string
	if resp.Error = req.Arguments.Get(ctx, &text); resp.Error != nil {
		return
	}
	p, err := parse(text)
	if err != nil {
		resp.Error = function.NewArgumentFuncError(0, fmt.Sprintf("%q is no connection string such as user@host:443/DATABASE: %v.", text, err))
		return
	}
	resp.Error = resp.Result.Set(ctx, p)
}

// String is user@host:port/database, which Immuta makes of the parts of a connection (H for Snowflake and Azure Synapse). Without a user,
// which is how Databricks is reached, nothing is known of it; the @ is left out then (L).
func (p parts) String() string {
	at := ""
	if p.Username != "" {
		at = p.Username + "@"
	}
	return at + net.JoinHostPort(p.Hostname, strconv.FormatInt(p.Port, 10)) + "/" + p.Database
}

// parse reads what [parts.String] writes. The user name may contain any character, the host name and the port none that separates them.
func parse(text string) (parts, error) {
	user, rest := "", text
	if i := strings.LastIndex(text, "@"); i >= 0 {
		user, rest = text[:i], text[i+1:]
	}
	address, database, found := strings.Cut(rest, "/")
	if !found {
		return parts{}, errors.New("it has no database after a slash")
	}
	host, port, err := net.SplitHostPort(address)
	if err != nil || host == "" {
		return parts{}, fmt.Errorf("%q is no host name with a port", address)
	}
	number, err := strconv.ParseUint(port, 10, 16)
	if err != nil || number == 0 {
		return parts{}, fmt.Errorf("%q is no port", port)
	}
	return parts{Username: user, Hostname: host, Port: int64(number), Database: database}, nil
}
