package immuta

import (
	"context"
	"net/url"
)

// Contact is an owner or an expert of a source (M). ID is the source's id by the reference; it could be the subscription's (L).
type Contact struct {
	ID      Lenient[Int]  `json:"id"`
	State   Lenient[Text] `json:"state"`
	Name    Lenient[Text] `json:"name"`
	Email   Lenient[Text] `json:"email"`
	Profile Lenient[Int]  `json:"profile"`
}

// Contacts lists the owners and experts of a source: GET /dataSource/{id}/contacts, in one answer (M).
func (c *Client) Contacts(ctx context.Context, sourceID int64) ([]Contact, error) {
	out, err := get[bare[Contact]](ctx, c, sourcePath(sourceID)+"/contacts", nil)
	return out, c.orMissingRoute(ctx, sourceID, err)
}

// Unmasker is somebody who may unmask a column (M). The reference calls the name an array, which cannot be meant (L).
type Unmasker struct {
	Name      Lenient[one[Text]] `json:"name"`
	ProfileID Lenient[Int]       `json:"profileId"`
	IAMID     Lenient[Text]      `json:"iamid"`
}

// Unmaskers lists who may unmask a column: GET /dataSource/{id}/{column}/unmaskUsers, in one answer (M).
func (c *Client) Unmaskers(ctx context.Context, sourceID int64, column string) ([]Unmasker, error) {
	out, err := get[bare[Unmasker]](ctx, c, sourcePath(sourceID)+"/"+url.PathEscape(column)+"/unmaskUsers", nil)
	return out, c.orUnknownRoute(ctx, sourceID, err)
}
