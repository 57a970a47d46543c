module countermark/interop/own

go 1.21
