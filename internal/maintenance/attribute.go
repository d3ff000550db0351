package maintenance

import (
	"slices"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// Names of attributes that several actions have.
const (
	dataSourceID  = "data_source_id"
	dataSourceIDs = "data_source_ids"
	taskID        = "task_id"
)

func requiredID(description string) schema.Int64Attribute {
	return schema.Int64Attribute{MarkdownDescription: description, Required: true, Validators: []validator.Int64{int64validator.AtLeast(1)}}
}

func requiredText(description string, validators ...validator.String) schema.StringAttribute {
	return schema.StringAttribute{
		MarkdownDescription: description, Required: true, Validators: append(validators, stringvalidator.LengthAtLeast(1)),
	}
}

func optionalText(description string, validators ...validator.String) schema.StringAttribute {
	return schema.StringAttribute{
		MarkdownDescription: description, Optional: true, Validators: append(validators, stringvalidator.LengthAtLeast(1)),
	}
}

func optionalPort(description string) schema.Int64Attribute {
	return schema.Int64Attribute{
		MarkdownDescription: description, Optional: true, Validators: []validator.Int64{int64validator.Between(1, 65535)},
	}
}

// sourceIDs is a set of at least one id of a data source.
func sourceIDs(description string, required bool) schema.SetAttribute {
	return schema.SetAttribute{
		MarkdownDescription: description, ElementType: types.Int64Type, Required: required, Optional: !required,
		Validators: []validator.Set{
			setvalidator.SizeAtLeast(1), setvalidator.NoNullValues(), setvalidator.ValueInt64sAre(int64validator.AtLeast(1)),
		},
	}
}

// idsIn are the ids in a set, in their order.
func idsIn(set types.Set) []int64 {
	var ids []int64
	for _, element := range set.Elements() {
		if id, ok := element.(types.Int64); ok {
			ids = append(ids, id.ValueInt64())
		}
	}
	slices.Sort(ids)
	return ids
}
