module countermark/interop/sdk

go 1.26.2

require github.com/dfns/dfns-sdk-go/v2 v2.0.1
