package pipeline

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/logrecount/recount/pkg/accesslog"
	"github.com/logrecount/recount/pkg/casefile"
)

// ServerConfig is what the configuration of a server says of its logs.
type ServerConfig struct {
	File    casefile.ManifestFile
	Formats []*accesslog.Format
	Remarks []string // what in it is not used, each with the file's name
}

// ReadServerConfig reads one: httpd.conf, nginx.conf and the like.
func ReadServerConfig(path string) (*ServerConfig, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("server configuration: %w", err)
	}
	defer f.Close()
	h := newHashReader(f)
	c := new(ServerConfig)
	c.Formats, err = accesslog.ParseServerConfig(h)
	var remarks accesslog.ConfigRemarks
	switch {
	case errors.As(err, &remarks):
	case err != nil:
		return nil, fmt.Errorf("server configuration %q: %w", path, err)
	}
	c.File = *h.file(filepath.Base(path))
	c.File.Kind = "server configuration"
	c.File.Detail = fmt.Sprintf("%d log formats", len(c.Formats))
	for _, r := range remarks {
		c.Remarks = append(c.Remarks, c.File.Name+": "+r)
	}
	return c, nil
}

// given lists the formats of servers' configurations.
func given(configs []*ServerConfig) []*accesslog.Format {
	var list []*accesslog.Format
	for _, c := range configs {
		list = append(list, c.Formats...)
	}
	return list
}
