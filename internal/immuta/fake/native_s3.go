package fake

import (
	"cmp"
	"fmt"
	"strings"
)

func nativeS3() *Technology {
	return &Technology{Prefix: "native-s3", Label: "Native S3", kind: s3Kind{}}
}

// s3Kind serves object storage: one handler per prefix, never updated.
type s3Kind struct{}

func (s3Kind) routes(tech *Technology) []route {
	source := keys{"dataSourceName": required{text}, "prefix": required{text}}
	body := keys{"type": required{oneOf("Native S3")}, "integrationId": required{integer}, "dataSources": required{list{source}}}
	return []route{
		post("/"+tech.Prefix+"/handler", body, func(c *call) (any, error) { return createS3(c, tech) }).replacedBy(createReplacement),
		get("/"+tech.Prefix+"/handler/{handlerId}", on(handlerOf(tech), getS3)),
	}
}

func (s3Kind) seed(_ *Technology, spec SourceSpec) object {
	return object{
		"integrationId": float64(4), "dataSourceName": spec.Name,
		"prefix": strings.ToLower(strings.ReplaceAll(spec.Name, " ", "-")),
	}
}

func (s3Kind) described(*Technology, object) keys {
	return keys{"integration_id": required{integer}, "prefix": required{text}}
}

func (s3Kind) spec(source object) SourceSpec {
	return SourceSpec{Metadata: object{"integrationId": source["integration_id"], "prefix": source["prefix"]}}
}

func (s3Kind) table(metadata object) string {
	return fmt.Sprintf("%d\x00%s", intAt(metadata, "integrationId"), textAt(metadata, "prefix"))
}

func (s3Kind) connectionString(object) any { return nil }

// createS3 registers all of a request's sources or none.
func createS3(c *call, tech *Technology) (any, error) {
	if !c.caller.permissions[CreateS3DataSource] {
		return nil, forbidden("User must have the following permission: %s.", CreateS3DataSource)
	}
	body := c.object()
	var metadatas []object
	for _, w := range objectsAt(body, "dataSources") {
		metadata := object{"integrationId": body["integrationId"], "dataSourceName": w["dataSourceName"], "prefix": w["prefix"]}
		err := cmp.Or(c.t.nameTaken(textAt(w, "dataSourceName"), nil), c.t.tableTaken(tech, metadata, nil))
		if err != nil {
			return nil, err
		}
		metadatas = append(metadatas, metadata)
	}
	created := []object{}
	for _, metadata := range metadatas {
		s := c.t.create(tech, metadata, Source{Name: textAt(metadata, "dataSourceName"), CreatedBy: c.caller.profileID})
		created = append(created, object{"dataSourceId": s.ID, "prefix": metadata["prefix"], "dataSourceName": s.Name})
	}
	if len(created) == 1 {
		return c.t.listed(created[0]), nil
	}
	return created, nil
}

// getS3 answers with the data source's id as "id", unlike the SQL handlers.
func getS3(c *call, h *handler) (any, error) {
	return c.t.listed(object{
		"id":              h.sourceID,
		"metadata":        h.metadata,
		"type":            "nativeS3Handler",
		"awsLocationPath": "s3://",
	}), nil
}
