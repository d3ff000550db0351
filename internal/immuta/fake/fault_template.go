package fake

import "net/http"

// Gateway404s is how things in front of Immuta say that they know no such route: faults whose Method, Path and Times are
// left to the test. None of them means that an object of Immuta's is gone. All but the framework's can be told from
// Immuta's own 404 by their shape.
func Gateway404s() []Fault {
	const plainJSON, charsetJSON = "application/json", "application/json; charset=utf-8"
	gateway := func(name, contentType, body string) Fault {
		return Fault{
			Name: "gateway 404: " + name, Status: http.StatusNotFound,
			Body: body, Header: http.Header{"Content-Type": {contentType}},
		}
	}
	return []Fault{
		gateway("aws", plainJSON, `{"message":"Not Found"}`),
		gateway("kong", charsetJSON,
			"{\n  \"message\":\"no Route matched with those values\",\n  \"request_id\":\"5bd1eb4a1c8f7d0b6ce7e64a3a0c1e2f\"\n}"),
		gateway("spring", plainJSON,
			`{"timestamp":"2026-01-05T08:00:00.000+00:00","status":404,"error":"Not Found","path":"/dataSource"}`),
		gateway("azure", plainJSON, `{ "statusCode": 404, "message": "Resource not found" }`),
		gateway("apigee", plainJSON, `{"fault":{"faultstring":"Unable to identify proxy for host: default and url: \/dataSource",`+
			`"detail":{"errorcode":"messaging.adaptors.http.flow.ApplicationNotFound"}}}`),
		gateway("framework", charsetJSON, `{"statusCode":404,"error":"Not Found","message":"Not Found"}`),
		gateway("nginx", "text/html", "<html>\r\n<head><title>404 Not Found</title></head>\r\n<body>\r\n"+
			"<center><h1>404 Not Found</h1></center>\r\n<hr><center>nginx/1.25.3</center>\r\n</body>\r\n</html>\r\n"),
	}
}

// BrokenAnswers is how a request succeeds without saying what it should: faults of status 200 for a GET or a write, whose
// Method, Path, Times and When are left to the test.
func BrokenAnswers() []Fault {
	broken := func(name, body string) Fault {
		return Fault{Name: "broken answer: " + name, Status: http.StatusOK, Body: body, Empty: body == ""}
	}
	return []Fault{
		broken("empty", ""),
		broken("null", `null`),
		broken("empty object", `{}`),
		broken("maintenance", `{"message":"The service is under maintenance."}`),
		broken("rows under another key", `{"count":0,"results":[]}`),
	}
}
