package tf

import (
	"context"
	"log/slog"

	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/terraform-immuta/terraform-provider-immuta/internal/immuta"
)

// LogSubsystem is the tflog subsystem of the API client.
const LogSubsystem = "immuta_client"

// NewLogger bridges the client's log records to tflog, through the context of the call they belong to.
func NewLogger() *slog.Logger { return slog.New(logHandler{}) }

// logHandler has no state: the logger lives in the context. The client neither groups nor pre-sets attributes.
type logHandler struct{}

func (logHandler) Enabled(ctx context.Context, level slog.Level) bool {
	if level < slog.LevelDebug {
		return tflog.IsTrace(ctx)
	}
	return tflog.IsDebug(ctx)
}

func (logHandler) Handle(ctx context.Context, r slog.Record) error {
	fields := make(map[string]any, r.NumAttrs())
	r.Attrs(func(a slog.Attr) bool {
		fields[a.Key] = a.Value.Any()
		return true
	})
	ctx = tflog.NewSubsystem(ctx, LogSubsystem, tflog.WithRootFields())
	if r.Level <= immuta.LevelTrace {
		tflog.SubsystemTrace(ctx, LogSubsystem, r.Message, fields)
		return nil
	}
	tflog.SubsystemDebug(ctx, LogSubsystem, r.Message, fields)
	return nil
}

func (h logHandler) WithAttrs([]slog.Attr) slog.Handler { return h }
func (h logHandler) WithGroup(string) slog.Handler      { return h }
