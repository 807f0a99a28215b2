package accesslog

import "bytes"

// formatSamba is what Samba's module full_audit sends to syslog. A read has
// neither position nor length: it proves access, never quantity. An open for
// reading proves less: newer versions call openat for a name that they only look
// up (openat_pathref_fsp). It counts as access all the same, since many servers
// log opens and no reads, and what may have been read must not be left out.
var formatSamba = &Format{
	Name: "samba_full_audit", Title: "Samba vfs_full_audit through syslog (reads prove access, never quantity)",
	Meaning: MeaningUnknown, MeaningWhy: "the log has no sizes; an open for reading counts as access, though newer versions write one (openat) for a name that is only looked up",
	TimeAt: TimeAtEnd, Zone: ZoneOfLine, Escaping: "none: bars in names stand as they are",
	Fields:    "syslog-prefix smbd_audit: user|address[|machine[|share]]|operation|ok or fail (why)|[mode|]file",
	Stateless: false, Source: "Samba vfs_full_audit(8), source3/modules/vfs_full_audit.c, source3/smbd/files.c",
	FileService: true,
}

type samba struct {
	prefix  logPrefix
	scratch []byte
}

func newSamba(reading Reading) Parser { return &samba{prefix: newLogPrefix(reading)} }

var smbdAudit = []byte("smbd_audit")

// Parse implements Parser.
func (p *samba) Parse(line []byte, r *Record) Reason {
	r.Reset()
	r.Format = formatSamba
	tag, message, ok := p.prefix.cut(line, r)
	if !ok {
		return ReasonBadTime
	}
	if string(tag) != string(smbdAudit) {
		return ReasonMissingFields
	}
	user, rest, ok := bytes.Cut(message, bar)
	if !ok || len(user) == 0 {
		return ReasonMissingFields
	}
	client, rest, ok := bytes.Cut(rest, bar)
	if !ok || !isBareAddress(client) {
		return ReasonBadClient
	}
	r.User, r.Client = user[:len(user):len(user)], client[:len(client):len(client)]

	// What stands between address and operation depends on full_audit:prefix:
	// nothing by default, often machine and share. The operation is the word
	// of Samba's list with a result behind it, and must be the only one there.
	var found sambaOperation
	var share, between []byte
	for n := range 3 {
		if op, ok := parseSambaOperation(rest); ok {
			if found.name != nil {
				return ReasonBadTail // it reads in two ways
			}
			found = op
			if n == 2 {
				share = between
			}
		}
		if between, rest, ok = bytes.Cut(rest, bar); !ok {
			break
		}
	}
	if found.name == nil {
		return ReasonMissingFields
	}
	return p.operation(found, share, r)
}

var bar = []byte{'|'}

// sambaOperation is `name|ok|arguments`.
type sambaOperation struct {
	name, arguments []byte
	failed          []byte // why; nil: ok
	kind            sambaKind
}

// sambaKind is what an operation does to the file of its arguments.
type sambaKind uint8

const (
	sambaOther  sambaKind = iota + 1 // concerns no file's content
	sambaOpen                        // mode|file
	sambaCreate                      // mask|file or dir|disposition|file
	sambaRead
	sambaWrite
	sambaList
	sambaDelete
	sambaMkdir
	sambaRename
)

// parseSambaOperation reads an operation at the begin of text.
func parseSambaOperation(text []byte) (op sambaOperation, ok bool) {
	op.name, text, ok = bytes.Cut(text, bar)
	if !ok {
		return op, false
	}
	if op.kind = sambaKindOf(op.name); op.kind == 0 {
		return op, false
	}
	if rest, cut := bytes.CutPrefix(text, []byte("ok|")); cut {
		op.arguments = rest
	} else if rest, cut = bytes.CutPrefix(text, []byte("fail (")); cut {
		i := bytes.Index(rest, []byte(")|"))
		if i < 0 || bytes.IndexByte(rest[:i], '|') >= 0 {
			return op, false
		}
		op.failed, op.arguments = rest[:i], rest[i+2:]
	} else {
		return op, false
	}
	switch op.kind {
	case sambaOpen:
		a := op.arguments
		return op, len(a) > 2 && (a[0] == 'r' || a[0] == 'w') && a[1] == '|'
	case sambaCreate:
		return op, bytes.HasPrefix(op.arguments, []byte("0x")) && bytes.Count(op.arguments, bar) >= 3
	}
	return op, true
}

// sambaKindOf knows the operations of Samba 3.0 to 4.x; 0: none of them.
func sambaKindOf(name []byte) sambaKind {
	switch string(name) {
	case "open", "openat":
		return sambaOpen
	case "create_file":
		return sambaCreate
	case "read", "pread", "pread_send", "pread_recv", "sendfile", "offload_read_send", "offload_read_recv", "aio_read":
		return sambaRead
	case "write", "pwrite", "pwrite_send", "pwrite_recv", "recvfile", "ftruncate", "fallocate", "aio_write", "offload_write_send", "offload_write_recv":
		return sambaWrite
	case "opendir", "fdopendir":
		return sambaList
	case "unlink", "unlinkat", "rmdir":
		return sambaDelete
	case "mkdir", "mkdirat":
		return sambaMkdir
	case "rename", "renameat":
		return sambaRename
	case "connect", "disconnect", "close", "closedir", "readdir", "seekdir", "telldir", "rewinddir", "stat", "fstat", "lstat", "fstatat", "lseek", "fsync",
		"fsync_send", "fsync_recv", "chdir", "getwd", "chmod", "fchmod", "chown", "fchown", "lchown", "ntimes", "fntimes", "lock", "kernel_flock", "fcntl",
		"linux_setlease", "getlock", "symlink", "symlinkat", "readlink", "readlinkat", "link", "linkat", "mknod", "mknodat", "realpath", "chflags", "fchflags",
		"file_id_create", "fs_file_id", "streaminfo", "fstreaminfo", "get_real_filename", "get_real_filename_at", "connectpath", "translate_name",
		"brl_lock_windows", "brl_unlock_windows", "strict_lock_check", "strict_lock", "strict_unlock", "disk_free", "get_quota", "set_quota", "statvfs",
		"fs_capabilities", "get_shadow_copy_data", "get_dfs_referrals", "create_dfs_pathat", "read_dfs_pathat", "get_alloc_size", "fsctl", "audit_file",
		"get_dos_attributes", "fget_dos_attributes", "set_dos_attributes", "fset_dos_attributes", "get_dos_attributes_send", "get_dos_attributes_recv",
		"get_nt_acl", "get_nt_acl_at", "fget_nt_acl", "set_nt_acl", "fset_nt_acl", "sys_acl_get_file", "sys_acl_get_fd", "sys_acl_set_file", "sys_acl_set_fd",
		"sys_acl_blob_get_file", "sys_acl_blob_get_fd", "sys_acl_delete_def_file", "sys_acl_delete_def_fd",
		"getxattr", "fgetxattr", "getxattrat_send", "getxattrat_recv", "listxattr", "flistxattr", "removexattr", "fremovexattr", "setxattr", "fsetxattr",
		"aio_force", "is_offline", "set_offline", "durable_cookie", "durable_disconnect", "durable_reconnect", "readdir_attr", "freaddir_attr",
		"get_compression", "fget_compression", "set_compression", "snap_check_path", "snap_create", "snap_delete", "parent_pathname":
		return sambaOther
	}
	return 0
}

// operation sets method, target and status.
func (p *samba) operation(op sambaOperation, share []byte, r *Record) Reason {
	file := op.arguments
	switch op.kind {
	case sambaOther:
		return ReasonNone
	case sambaRename:
		r.Method = methodRename // from|to: a name may hold the bar
		return ReasonNone
	case sambaOpen:
		r.Method = methodRead
		if file[0] == 'w' {
			r.Method = methodWrite
		}
		file = file[2:]
	case sambaCreate:
		if file = p.create(file, r); r.Method == nil {
			return ReasonNone
		}
	case sambaRead:
		r.Method = methodRead
	case sambaWrite:
		r.Method = methodWrite
	case sambaList:
		r.Method = methodList
	case sambaDelete:
		r.Method = methodDele
	case sambaMkdir:
		r.Method = methodMkd
	}
	if len(file) == 0 {
		return ReasonCutOff
	}
	p.scratch = p.scratch[:0]
	if file[0] != '/' && share != nil { // older versions log paths from the share on
		p.scratch = appendEscapedPath(p.scratch, share)
	}
	p.scratch = appendEscapedPath(p.scratch, file)
	r.Target, r.TextAtEnd = p.scratch, true
	switch {
	case op.failed != nil:
		r.Status = sambaStatus(op.failed)
	case string(r.Method) == "READ":
		r.Flags |= FlagAccessOnly
	}
	return ReasonNone
}

// create reads `0x3|file|open|path`. An open counts as access if it asks for
// the right to read data: FILE_READ_DATA, GENERIC_READ, GENERIC_ALL or
// MAXIMUM_ALLOWED. One for attributes only, as Windows does by the dozen, has
// no method.
func (p *samba) create(arguments []byte, r *Record) (file []byte) {
	mask, rest, _ := bytes.Cut(arguments, bar)
	what, rest, _ := bytes.Cut(rest, bar)
	disposition, file, _ := bytes.Cut(rest, bar)
	var rights uint64
	for _, c := range mask[2:] {
		d := hexDigit(c)
		if d < 0 || rights > 1<<32 {
			return nil
		}
		rights = rights<<4 | uint64(d)
	}
	switch {
	case string(what) != "file":
	case string(disposition) == "create", string(disposition) == "supersede", string(disposition) == "overwrite", string(disposition) == "overwrite_if":
		r.Method = methodWrite
	case rights&(0x1|0x80000000|0x10000000|0x02000000) != 0:
		r.Method = methodRead
	}
	return file
}

// sambaStatus turns the system's word for a failure into a reply of FTP.
func sambaStatus(why []byte) int16 {
	switch string(why) {
	case "No such file or directory":
		return 550
	case "Permission denied", "Operation not permitted":
		return 530
	}
	return 500
}
