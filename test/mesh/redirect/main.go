// Stands for `consul connect redirect-traffic` of a Consul whose modules are not available: the same flags, and the rules of its
// own library. The proxy's ports are those that a registration has by default; DUAL_STACK is what the agent would say.
package main

import (
	"flag"
	"fmt"
	"os"
)

type list []string

func (l *list) String() string { return fmt.Sprint(*l) }

func (l *list) Set(value string) error {
	*l = append(*l, value)
	return nil
}

func main() {
	if len(os.Args) < 3 || os.Args[1] != "connect" || os.Args[2] != "redirect-traffic" {
		fmt.Fprintln(os.Stderr, "only connect redirect-traffic")
		os.Exit(1)
	}
	var to config
	flags := flag.NewFlagSet("redirect-traffic", flag.ExitOnError)
	flags.String("proxy-id", "", "")
	flags.IntVar(&to.ProxyInboundPort, "proxy-inbound-port", 20000, "")
	flags.StringVar(&to.ProxyUserID, "proxy-uid", "", "")
	flags.StringVar(&to.ConsulDNSIP, "consul-dns-ip", "", "")
	flags.IntVar(&to.ConsulDNSPort, "consul-dns-port", 0, "")
	flags.Var((*list)(&to.ExcludeInboundPorts), "exclude-inbound-port", "")
	flags.Var((*list)(&to.ExcludeOutboundPorts), "exclude-outbound-port", "")
	flags.Var((*list)(&to.ExcludeOutboundCIDRs), "exclude-outbound-cidr", "")
	flags.Var((*list)(&to.ExcludeUIDs), "exclude-uid", "")
	flags.Parse(os.Args[3:])
	if err := setup(to, os.Getenv("DUAL_STACK") != ""); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
